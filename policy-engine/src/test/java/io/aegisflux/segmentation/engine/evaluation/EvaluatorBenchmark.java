package io.aegisflux.segmentation.engine.evaluation;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.Mode;
import io.aegisflux.segmentation.contracts.NumberRange;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.PolicyRef;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.TableRule;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How many flows a second one core judges: {@code EvaluatorBenchmark [rules…]}. Rules are of the hard kind, in the manner of
 * ClassBench's access lists: overlapping prefixes, any source or destination, port ranges. Prints the median of several
 * runs beside a reference, the same flows against an empty table.
 */
public final class EvaluatorBenchmark {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final int FLOWS = 65_536;
    private static final int RUNS = 7;

    private EvaluatorBenchmark() {}

    public static void main(String[] arguments) {
        int[] sizes = arguments.length == 0
                ? new int[] {10, 1_000, 10_000}
                : Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
        Random random = new Random(7);
        List<PacketTuple> flows =
                Stream.generate(() -> flow(random)).limit(FLOWS).toList();
        System.out.printf("%d different flows, median of %d runs, one thread%n", FLOWS, RUNS);
        System.out.printf("%8s %14s %12s%n", "rules", "flows/s", "ns/flow");
        print(0, flows);
        for (int size : sizes) {
            print(size, flows);
        }
    }

    private static void print(int rules, List<PacketTuple> flows) {
        Evaluator evaluator = new Evaluator(table(rules, new Random(rules)));
        List<PacketTuple> some = flows.subList(0, rules > 1_000 ? FLOWS / 16 : FLOWS);
        long[] nanos = new long[RUNS];
        long decided = 0;
        for (int run = -2; run < RUNS; run++) { // the first two warm up
            long begin = System.nanoTime();
            for (PacketTuple flow : some) {
                decided += evaluator.judge(flow, NOW).rule();
            }
            if (run >= 0) {
                nanos[run] = System.nanoTime() - begin;
            }
        }
        Arrays.sort(nanos);
        double each = (double) nanos[RUNS / 2] / some.size();
        System.out.printf("%8d %14.0f %12.0f   (%x)%n", rules, 1e9 / each, each, decided);
    }

    private static RuleTable table(int rules, Random random) {
        PolicyRef policy = new PolicyRef(new PolicyId("bench"), 1, "network", 1, Mode.ENFORCE, "0".repeat(64));
        return new RuleTable(
                List.of(policy),
                IntStream.range(0, rules).mapToObj(i -> rule(i, random)).toList(),
                Action.ALLOW);
    }

    private static TableRule rule(int index, Random random) {
        return new TableRule(
                0,
                "r" + index,
                index,
                random.nextBoolean() ? Action.ALLOW : Action.DENY,
                false,
                Direction.INGRESS,
                4,
                List.of(one(random.nextInt(3) > 0 ? 6 : 17)),
                random.nextInt(4) == 0 ? null : List.of(prefix(random)),
                random.nextInt(8) == 0 ? null : List.of(prefix(random)),
                random.nextInt(5) == 0 ? List.of(new NumberRange(1024, 65_535)) : null,
                random.nextInt(3) == 0 ? List.of(range(random)) : List.of(one(port(random))),
                null,
                null,
                null,
                0,
                null);
    }

    private static PacketTuple flow(Random random) {
        return new PacketTuple(
                Direction.INGRESS,
                address(random),
                address(random),
                random.nextInt(3) > 0 ? 6 : 17,
                1024 + random.nextInt(60_000),
                port(random),
                null,
                null,
                "eth0");
    }

    private static Prefix prefix(Random random) {
        int length = new int[] {8, 16, 24, 24, 24, 28, 32, 32, 32}[random.nextInt(9)];
        int bits = 10 << 24 | random.nextInt(1 << 24);
        return new Prefix((bits & -1L << 32 - length & 0xFFFF_FFFFL) << 32, 0, length, 4);
    }

    private static String address(Random random) {
        return "10.%d.%d.%d".formatted(random.nextInt(256), random.nextInt(256), random.nextInt(256));
    }

    private static int port(Random random) {
        return random.nextInt(2) == 0
                ? new int[] {22, 53, 80, 443, 5432, 8080}[random.nextInt(6)]
                : random.nextInt(65_536);
    }

    private static NumberRange range(Random random) {
        int low = random.nextInt(60_000);
        return new NumberRange(low, low + random.nextInt(5_000));
    }

    private static NumberRange one(int number) {
        return new NumberRange(number, number);
    }
}
