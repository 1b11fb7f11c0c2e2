package io.aegisflux.segmentation.engine.evaluation;

import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.engine.classbench.ClassBench;
import io.aegisflux.segmentation.engine.classbench.Profile;
import io.aegisflux.segmentation.engine.classbench.Trace;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * How many flows a second one core judges: {@code EvaluatorBenchmark [rules…]}, by tables of {@link ClassBench}. Prints the median of
 * several runs of an evaluator with an index beside a reference, the same flows by one that looks at every rule.
 */
public final class EvaluatorBenchmark {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final int FLOWS = 65_536;
    private static final int RUNS = 7;

    /** So that no run is found to be in vain. */
    private static volatile Object kept;

    private EvaluatorBenchmark() {}

    public static void main(String[] arguments) {
        int[] sizes = arguments.length == 0
                ? new int[] {0, 10, 1_000, 10_000, 100_000}
                : Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
        System.out.printf("%d different flows, median of %d runs, one thread%n", FLOWS, RUNS);
        System.out.printf(
                "%8s %4s %4s %14s %9s %10s %16s %9s%n",
                "rules", "kind", "IP", "indexed/s", "ns/flow", "build ms", "scanning/s", "ns/flow");
        for (Profile profile : Profile.values()) {
            for (int ipVersion : new int[] {4, 6}) {
                for (int size : sizes) {
                    print(profile, size, ipVersion);
                }
            }
        }
    }

    /** How many flows a second one core judges by a table of {@link ClassBench}, and how many without the index. */
    public record Rate(double indexed, double scanning) {}

    /** Measures one table, IPv4. */
    public static Rate rate(Profile profile, int rules) {
        RuleTable table = ClassBench.table(profile, rules, 4, 1);
        List<PacketTuple> flows = flows(table, 4);
        return new Rate(
                1e9 / nanos(Evaluator::forMany, table, flows),
                1e9 / nanos(Evaluator::forFew, table, flows.subList(0, few(rules))));
    }

    private static void print(Profile profile, int rules, int ipVersion) {
        RuleTable table = ClassBench.table(profile, rules, ipVersion, 1);
        List<PacketTuple> flows = flows(table, ipVersion);
        List<PacketTuple> few = flows.subList(0, few(rules));
        double build = nanos(Evaluator::forMany, table, List.of());
        double indexed = nanos(Evaluator::forMany, table, flows);
        double scanning = nanos(Evaluator::forFew, table, few);
        System.out.printf(
                "%8d %4s %4d %14.0f %9.0f %10.1f %16.0f %9.0f%n",
                rules, profile.word(), ipVersion, 1e9 / indexed, indexed, build / 1e6, 1e9 / scanning, scanning);
    }

    private static List<PacketTuple> flows(RuleTable table, int ipVersion) {
        return Stream.generate(new Trace(table, ipVersion, 1)::next)
                .limit(FLOWS)
                .toList();
    }

    /** So many that a look at every rule for each ends soon. */
    private static int few(int rules) {
        return Math.clamp(40_000_000L / (rules + 1), 100, FLOWS);
    }

    /** The median time of a flow, once a second has warmed it up; without flows, of making the evaluator. */
    private static double nanos(Function<RuleTable, Evaluator> make, RuleTable table, List<PacketTuple> flows) {
        Evaluator evaluator = make.apply(table);
        long warm = System.nanoTime() + 1_000_000_000L;
        while (System.nanoTime() < warm) {
            run(make, table, evaluator, flows);
        }
        long[] nanos = new long[RUNS];
        for (int i = 0; i < RUNS; i++) {
            long begin = System.nanoTime();
            run(make, table, evaluator, flows);
            nanos[i] = System.nanoTime() - begin;
        }
        Arrays.sort(nanos);
        return (double) nanos[RUNS / 2] / Math.max(1, flows.size());
    }

    private static void run(
            Function<RuleTable, Evaluator> make, RuleTable table, Evaluator evaluator, List<PacketTuple> flows) {
        if (flows.isEmpty()) {
            kept = make.apply(table);
        }
        for (PacketTuple flow : flows) {
            kept = evaluator.judge(flow, NOW);
        }
    }
}
