package io.aegisflux.segmentation.engine.linting;

import static io.aegisflux.segmentation.engine.Documents.accepted;

import io.aegisflux.segmentation.contracts.PolicyApi.LintReply;
import io.aegisflux.segmentation.engine.Documents;
import io.aegisflux.segmentation.engine.language.Policy;
import io.aegisflux.segmentation.engine.naive.RandomWorld;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;

/**
 * How long the lint of many rules takes: {@code LintBenchmark [rules…]}. The tables are such as cost most: all rules of one
 * priority, rules that meet each other everywhere, a catch-all behind many.
 */
public final class LintBenchmark {
    private LintBenchmark() {}

    public static void main(String[] arguments) {
        for (int size : arguments.length == 0
                ? new int[] {1_000, 10_000}
                : Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray()) {
            print("networks and ports", size, LintBenchmark::service);
            print(
                    "the same, one priority",
                    size,
                    i -> service(i).replaceFirst("\"priority\": \\d+", "\"priority\": 1"));
            print("ranges that all meet", size, LintBenchmark::crossing);
            print("catch-alls behind others", size, i -> i % 10 == 9 ? catchAll(i) : service(i));
        }
    }

    private static void print(String what, int size, IntFunction<String> rule) {
        List<Policy> policies = new ArrayList<>();
        for (int first = 0; first < size; first += 1_000) {
            List<String> rules = new ArrayList<>();
            for (int i = first; i < Math.min(size, first + 1_000); i++) {
                rules.add(rule.apply(i));
            }
            policies.add(accepted(Documents.policy("p" + first, 1, "", rules.toArray(String[]::new))));
        }
        for (int run = 0; run < 2; run++) {
            long begin = cpuNanos();
            LintReply reply = PolicyLint.of(
                    policies,
                    List.of(),
                    List.of(Reports.report("h", Reports.workload("api", "10.0.0.1"))),
                    List.of(Reports.workload("api", "10.0.0.1")),
                    RandomWorld.NOW);
            System.out.printf(
                    "%-26s %7d rules %8.0f ms of one core  %d findings, %d not judged%n",
                    what,
                    size,
                    (cpuNanos() - begin) / 1e6,
                    reply.findings().size() + reply.findingsOmitted(),
                    reply.rulesNotJudged());
        }
    }

    /** Of this thread: others may have the machine meanwhile. */
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static String service(int i) {
        return Documents.rule(
                "r" + i,
                i % 2 == 0 ? "deny" : "allow",
                i % 1_000,
                "",
                Documents.when(
                        "source_ip",
                        "in",
                        "[\"10.%d.%d.0/24\", \"172.16.%d.0/24\"]".formatted(i / 250 % 250, i % 250, i % 250)),
                Documents.when("protocol", "eq", "\"tcp\""),
                Documents.when("dest_port", "eq", Integer.toString(1 + i % 65_000)));
    }

    private static String crossing(int i) {
        Random random = new Random(i);
        int low = random.nextInt(30_000);
        int from = random.nextInt(120);
        return Documents.rule(
                "r" + i,
                i % 2 == 0 ? "deny" : "allow",
                i % 1_000,
                "",
                Documents.when("protocol", "eq", "\"tcp\""),
                Documents.when(
                        "source_ip",
                        "eq",
                        "\"10.%d.0.%d-10.%d.0.0\"".formatted(from, i % 256, 130 + random.nextInt(120))),
                Documents.when(
                        "dest_ip",
                        "eq",
                        "\"10.%d.%d.0-10.%d.0.0\"".formatted(from, i % 256, 130 + random.nextInt(120))),
                Documents.when("dest_port", "eq", "\"%d-%d\"".formatted(low, 35_000 + random.nextInt(30_000))));
    }

    private static String catchAll(int i) {
        return Documents.rule(
                "r" + i,
                "deny",
                999,
                "",
                Documents.when("source_ip", "eq", "\"10.%d.0.0/16\"".formatted(i / 250 % 250)),
                Documents.when("protocol", "eq", "\"tcp\""));
    }
}
