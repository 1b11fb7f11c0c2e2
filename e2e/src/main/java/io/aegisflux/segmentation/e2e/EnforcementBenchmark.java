package io.aegisflux.segmentation.e2e;

import io.aegisflux.segmentation.harness.Directories;
import io.aegisflux.segmentation.harness.Repository;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * Milliseconds from a plain publish of a policy to the host's word that its kernel enforces it: median and worst of a
 * hundred, beside the reference of the same run, an acknowledged publish into a stream (one fsync) on the same broker.
 * Also what the agent costs: resident memory, and start until it enforces what was pinned.
 */
final class EnforcementBenchmark {
    private static final int RUNS = 100;
    private static final String REFERENCE = "bench.reference";

    private EnforcementBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Repository.root().resolve("target/bench/suite");
        Directories.delete(directory);
        try (Playground playground = Playground.create("aegisbn", 84);
                Suite suite = Suite.start(playground, directory)) {
            suite.startServices();
            suite.startAgents();
            double[] enforced = new double[RUNS];
            double[] acknowledged = new double[RUNS];
            try (BusWatch bus = BusWatch.on(suite.nats().url())) {
                bus.connection()
                        .jetStreamManagement()
                        .addStream(StreamConfiguration.builder()
                                .name("BENCH")
                                .subjects(REFERENCE)
                                .build());
                for (int i = -10; i < RUNS; i++) { // ten to warm up
                    double publish = publish(bus);
                    double enforce = enforce(bus, i);
                    if (i >= 0) {
                        acknowledged[i] = publish;
                        enforced[i] = enforce;
                    }
                }
            }
            long memory = residentKiB(suite.process("host-b").pid());
            suite.process("host-b").kill();
            long start = System.nanoTime();
            suite.startAgent(playground.hostB());
            suite.awaitAgent(playground.hostB());
            double adopted = (System.nanoTime() - start) / 1e6;
            report(enforced, acknowledged, memory, adopted);
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
        bus.awaitUpdate(
                "host-b",
                "latency",
                update -> "applied".equals(update.metadata().get("result")));
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

    private static long residentKiB(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }

    private static void report(double[] enforced, double[] acknowledged, long memory, double adopted)
            throws IOException {
        Arrays.sort(enforced);
        Arrays.sort(acknowledged);
        String json = String.format(
                Locale.ROOT,
                """
                {"publish_to_enforced_ms": {"median": %.2f, "p99": %.2f, "worst": %.2f},
                 "reference_acknowledged_publish_ms": {"median": %.2f, "worst": %.2f},
                 "agent_resident_mib": %.1f, "agent_start_to_enforcing_ms": %.0f}
                """,
                enforced[RUNS / 2],
                enforced[RUNS * 99 / 100 - 1],
                enforced[RUNS - 1],
                acknowledged[RUNS / 2],
                acknowledged[RUNS - 1],
                memory / 1024.0,
                adopted);
        Path file = Repository.root().resolve("target/bench/publish-latency.json");
        Files.writeString(file, json);
        System.out.print(json);
    }
}
