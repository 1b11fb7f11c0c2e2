package io.aegisflux.segmentation.cli;

import io.aegisflux.segmentation.harness.NatsServer;
import io.aegisflux.segmentation.harness.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How long segctl takes from its start to its end, through the launcher, with and without the AOT cache, which it trains
 * first: {@code StartupBenchmark [runs]}. The variants take turns; the medians are printed, beside the same JVM doing nothing.
 */
public final class StartupBenchmark {
    private static final Path HOME = Repository.root().resolve("cli/target");
    private static final List<List<String>> COMMANDS = List.of(
            List.of("--version"), List.of("__complete", "policies"), List.of("policy", "ls"), List.of("status"));

    private StartupBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        int runs = arguments.length == 0 ? 11 : Integer.parseInt(arguments[0]);
        Files.deleteIfExists(HOME.resolve("segctl.aot"));
        try (NatsServer server = NatsServer.start();
                Bench bench = Bench.answering(server.url())) {
            segctl(server.url(), "train", List.of("__train"));
            Map<String, List<Double>> millis = new LinkedHashMap<>();
            for (int run = 0; run < runs; run++) {
                measure(millis, "java -version", () -> end(new ProcessBuilder(java(), "-version")));
                for (List<String> command : COMMANDS) {
                    for (String aot : List.of("off", "auto")) {
                        measure(
                                millis,
                                "segctl %s, cache %s".formatted(String.join(" ", command), aot),
                                () -> segctl(server.url(), aot, command));
                    }
                }
            }
            millis.forEach((what, each) -> System.out.printf("%-36s %6.0f ms%n", what, median(each)));
        } finally {
            Files.deleteIfExists(HOME.resolve("segctl.aot"));
        }
    }

    private interface Step {
        void run() throws IOException, InterruptedException;
    }

    private static void measure(Map<String, List<Double>> millis, String what, Step step)
            throws IOException, InterruptedException {
        long begin = System.nanoTime();
        step.run();
        millis.computeIfAbsent(what, ignored -> new ArrayList<>()).add((System.nanoTime() - begin) / 1e6);
    }

    private static void segctl(String url, String aot, List<String> command) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(HOME.resolve("segctl").toString()));
        line.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.environment().putAll(Map.of("NATS_URL", url, "SEGCTL_AOT", aot));
        end(builder);
    }

    private static void end(ProcessBuilder builder) throws IOException, InterruptedException {
        int exit = builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        if (exit != 0) {
            throw new IllegalStateException("%s ended with %d".formatted(builder.command(), exit));
        }
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
