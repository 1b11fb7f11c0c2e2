package io.aegisflux.segmentation.policy.domain;

import static io.aegisflux.segmentation.policy.domain.Documents.policy;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.contracts.Workload;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * How long the tables of 1,000 hosts take with 100 policies of 10 rules, half of which speak of labels: from nothing, after
 * one policy changed, and when nothing did; beside lowering for each host alone. A main, because figures are no test.
 */
public final class TablesBenchmark {
    private static final int HOSTS = 1_000;
    private static final int POLICIES = 100;
    private static final int ROUNDS = 7;

    private TablesBenchmark() {}

    public static void main(String[] arguments) {
        for (int roles : new int[] {1, 10}) {
            World world = world(roles);
            World changed = world.with(world.policies().with(document("p7", 2, 7, roles), POLICIES + 1));
            World reported = world.with(world.hosts().with(host(5, roles), HOSTS + 1));
            System.out.printf(
                    "%4d roles: alone %,6.0f ms  from nothing %,6.0f ms  a policy changed %,6.0f ms  nothing changed %,5.1f ms%n",
                    roles,
                    millis(tables -> {}, tables -> alone(world), 1),
                    millis(tables -> {}, tables -> tables.of(world), ROUNDS),
                    millis(tables -> tables.of(world), tables -> tables.of(changed), ROUNDS),
                    millis(tables -> tables.of(world), tables -> tables.of(reported), ROUNDS));
        }
    }

    private static void alone(World world) {
        for (CapabilityReport host : world.hosts().all()) {
            Digests.sha256Hex(Wire.write(world.table(host)));
        }
    }

    /** The median. */
    private static double millis(Consumer<Tables> before, Consumer<Tables> measured, int rounds) {
        double[] times = IntStream.range(0, rounds)
                .mapToDouble(round -> {
                    Tables tables = new Tables();
                    before.accept(tables);
                    long start = System.nanoTime();
                    measured.accept(tables);
                    return (System.nanoTime() - start) / 1e6;
                })
                .sorted()
                .toArray();
        return times[times.length / 2];
    }

    private static World world(int roles) {
        PolicyBook policies = PolicyBook.EMPTY;
        for (int i = 0; i < POLICIES; i++) {
            policies = policies.with(document("p" + i, 1, i, roles), i + 1);
        }
        HostBook hosts = HostBook.EMPTY;
        for (int i = 0; i < HOSTS; i++) {
            hosts = hosts.with(host(i, roles), i + 1);
        }
        return World.EMPTY.with(policies).with(hosts);
    }

    /** Nine of ten policies are for all hosts, the tenth for a range of roles. */
    private static StoredPolicy document(String id, long version, int number, int roles) {
        String range = number % 10 == 0 && roles > 1
                ? "\"applies_to\": {\"hosts\": [\"r%d-*\"]},".formatted(number / 10 % roles)
                : "";
        String[] rules = IntStream.range(0, 10)
                .mapToObj(rule -> """
                        {"id": "r%d", "action": "allow", "priority": %d, "conditions": [
                          {"field": "%s", "operator": "eq", "value": "%s"},
                          {"field": "dest_port", "operator": "eq", "value": %d}]}""".formatted(
                                rule,
                                rule,
                                rule % 2 == 0 ? "source.label.app" : "source_ip",
                                rule % 2 == 0 ? "app" + (number + rule) % 50 : "10.%d.%d.0/24".formatted(number, rule),
                                1000 + number * 10 + rule + (int) version))
                .toArray(String[]::new);
        return Documents.stored(id, version, policy(id, range, rules), version, Instant.EPOCH);
    }

    private static CapabilityReport host(int number, int roles) {
        String id = "r%d-%d".formatted(number % roles, number);
        return Documents.report(
                id,
                Map.of("role", "r" + number % roles),
                List.of(new Workload(
                        id,
                        Map.of("app", "app" + number % 50),
                        List.of("10.200.%d.%d".formatted(number / 250, number % 250)))));
    }
}
