package io.aegisflux.segmentation.e2e;

import io.aegisflux.segmentation.contracts.PolicyUpdate;
import io.aegisflux.segmentation.harness.Directories;
import io.aegisflux.segmentation.harness.Figures;
import io.aegisflux.segmentation.harness.Processes;
import io.aegisflux.segmentation.harness.Repository;
import io.nats.client.api.StreamConfiguration;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * From a plain publish of a policy to the host's word that its kernel enforces it, with a thousand rules in place, beside the
 * reference of the same run: an acknowledged publish into a stream (one fsync) on the same broker. Also what the agent
 * costs: resident memory, and start until it enforces what was pinned.
 */
final class EnforcementBenchmark {
    private static final int RUNS = 100;
    private static final int WARM_UP = 200;
    private static final int STANDING_RULES = 1_000;
    private static final String REFERENCE = "bench.reference";
    private static final String SECTION = "One host, 1,000 rules, the kernel";

    private EnforcementBenchmark() {}

    static void measure(Figures figures) throws Exception {
        Path directory = Repository.root().resolve("target/bench/suite");
        Directories.delete(directory);
        try (Playground playground = Playground.create("aegisbn", 84);
                Suite suite = Suite.startAsImages(playground, directory)) {
            suite.startServices();
            suite.startAgents();
            double[] enforced = new double[RUNS];
            double[] acknowledged = new double[RUNS];
            try (BusWatch bus = BusWatch.on(suite.nats().url())) {
                BuildFigures.measure(figures, bus.connection());
                bus.connection()
                        .jetStreamManagement()
                        .addStream(StreamConfiguration.builder()
                                .name("BENCH")
                                .subjects(REFERENCE)
                                .build());
                bus.publish("standing", standing());
                bus.awaitUpdate("host-b", "standing", EnforcementBenchmark::isApplied);
                for (int i = -WARM_UP; i < RUNS; i++) {
                    double publish = publish(bus);
                    double enforce = enforce(bus, i);
                    if (i >= 0) {
                        acknowledged[i] = publish;
                        enforced[i] = enforce;
                    }
                }
            }
            long memory = Processes.residentKiB(suite.process("host-b").pid());
            suite.process("host-b").kill();
            long start = System.nanoTime();
            suite.startAgent(playground.hostB());
            suite.awaitAgent(playground.hostB());
            double adopted = (System.nanoTime() - start) / 1e6;
            Arrays.sort(enforced);
            Arrays.sort(acknowledged);
            String beside = "%.2f ms, an acknowledged publish".formatted(acknowledged[RUNS / 2]);
            figures.atMost(
                    15,
                    SECTION,
                    "publish of a rule to enforced and acknowledged, median",
                    enforced[RUNS / 2],
                    "ms",
                    beside);
            figures.atMost(50, SECTION, "the same, p99", enforced[RUNS * 99 / 100 - 1], "ms", beside);
            figures.atMost(150, SECTION, "agent, resident memory", memory / 1024.0, "MiB", null);
            figures.atMost(1_500, SECTION, "agent, start to enforcing what was pinned", adopted, "ms", null);
        }
    }

    private static double publish(BusWatch bus) throws Exception {
        long start = System.nanoTime();
        bus.connection().jetStream().publish(REFERENCE, new byte[] {'{', '}'});
        return (System.nanoTime() - start) / 1e6;
    }

    private static double enforce(BusWatch bus, int run) {
        bus.forget();
        long start = System.nanoTime();
        bus.publish("latency", document(run));
        bus.awaitUpdate("host-b", "latency", EnforcementBenchmark::isApplied);
        return (System.nanoTime() - start) / 1e6;
    }

    private static byte[] document(int run) {
        return """
                {"id": "latency", "name": "latency", "type": "network", "priority": 1, "default_action": "none",
                 "applies_to": {"hosts": ["host-b"]},
                 "rules": [{"id": "one", "action": "deny", "priority": 1, "conditions": [
                   {"field": "protocol", "operator": "eq", "value": "tcp"},
                   {"field": "dest_port", "operator": "eq", "value": %d}]}]}""".formatted(20_000 + run).getBytes(StandardCharsets.UTF_8);
    }

    private static boolean isApplied(PolicyUpdate update) {
        return "applied".equals(update.metadata().get("result"));
    }

    private static byte[] standing() {
        String rules = IntStream.range(0, STANDING_RULES)
                .mapToObj(i -> """
                        {"id": "r%d", "action": "deny", "priority": %d, "conditions": [
                          {"field": "source_ip", "operator": "eq", "value": "198.18.%d.%d"},
                          {"field": "protocol", "operator": "eq", "value": "tcp"},
                          {"field": "dest_port", "operator": "eq", "value": %d}]}""".formatted(i, i, i / 250, i % 250, 1_000 + i))
                .collect(Collectors.joining(","));
        return """
                {"id": "standing", "name": "standing", "type": "network", "priority": 50, "default_action": "none",
                 "applies_to": {"hosts": ["host-b"]}, "rules": [%s]}""".formatted(rules).getBytes(StandardCharsets.UTF_8);
    }
}
