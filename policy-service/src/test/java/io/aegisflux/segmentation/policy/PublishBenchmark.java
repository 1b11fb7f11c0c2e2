package io.aegisflux.segmentation.policy;

import static io.aegisflux.segmentation.policy.domain.Documents.policy;
import static io.aegisflux.segmentation.policy.domain.Documents.rule;

import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.policy.domain.Documents;
import io.nats.client.Message;
import io.nats.client.Subscription;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * From a publish to the host's desired state on the bus, one host, with rules of another policy in place; and from a
 * request to its answer. The broker syncs every write. A main, because figures are no test.
 */
final class PublishBenchmark {
    private static final int WARM_UP = 200;
    private static final int MEASURED = 200;

    private PublishBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        Locale.setDefault(Locale.ROOT);
        for (int rules : new int[] {0, 1_000}) {
            try (PolicyBench bench = PolicyBench.start()) {
                bench.service();
                bench.report(Documents.report("bench"));
                bench.awaitDesired("bench", state -> true);
                if (rules > 0) {
                    bench.publish("standing", standing(rules));
                    bench.awaitTold("bench", "standing", 1);
                }
                Subscription desired = bench.bus.connection().subscribe(Subjects.desired(new HostId("bench")));
                bench.bus.connection().flush(Duration.ofSeconds(2));
                print(rules, "publish to desired state", i -> {
                    bench.publish("changing", policy("changing", 1000 + i));
                    next(desired);
                });
                print(rules, "request to answer", i -> {
                    bench.request("changing", policy("changing", 2000 + i));
                    next(desired);
                });
            }
        }
    }

    private interface Step {
        void run(int number) throws Exception;
    }

    private static void print(int rules, String what, Step step) throws Exception {
        double[] millis = new double[WARM_UP + MEASURED];
        for (int i = 0; i < millis.length; i++) {
            long start = System.nanoTime();
            step.run(i);
            millis[i] = (System.nanoTime() - start) / 1e6;
        }
        double[] measured = Arrays.copyOfRange(millis, WARM_UP, millis.length);
        Arrays.sort(measured);
        System.out.printf(
                "%,5d rules in place, %s: median %.1f ms, p99 %.1f ms, worst %.1f ms of %d%n",
                rules, what, measured[MEASURED / 2], measured[MEASURED * 99 / 100], measured[MEASURED - 1], MEASURED);
    }

    private static void next(Subscription desired) throws InterruptedException {
        Message message = desired.nextMessage(Duration.ofSeconds(10));
        if (message == null) {
            throw new IllegalStateException("the host was not told");
        }
    }

    private static byte[] standing(int rules) {
        return policy(
                "standing",
                "",
                IntStream.range(0, rules).mapToObj(i -> rule("r" + i, 1 + i)).toArray(String[]::new));
    }
}
