package io.aegisflux.segmentation.agent.kernel;

import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.contracts.RuleTable;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** Times how long after the call that installs it a changed rule is what packets are judged by. */
final class EditRuns {
    private static final int ROUNDS = 9;

    private final KernelDatapath datapath;
    private final PinDirectory pins;

    EditRuns(KernelDatapath datapath, PinDirectory pins) {
        this.datapath = datapath;
        this.pins = pins;
    }

    /**
     * The median over several changes of one rule, in milliseconds.
     *
     * @param revision of the table in force
     */
    double visibleMillis(RuleTable table, RandomEdits edits, long revision) throws Exception {
        double[] millis = new double[ROUNDS];
        RuleTable next = table;
        for (int i = 0; i < ROUNDS; i++) {
            next = edits.withOneMore(next);
            RuleTable edited = next;
            var identity = Tables.identity(edited, revision + i + 1);
            Thread.sleep(50); // the bank falls quiet, as between two publishes
            millis[i] = untilVisible(() -> datapath.install(edited, identity, Instant.now(), Duration.ZERO));
        }
        Arrays.sort(millis);
        return millis[ROUNDS / 2];
    }

    private double untilVisible(Callable<?> install) throws Exception {
        try (DatapathMaps maps = new DatapathMaps(pins)) {
            long before = maps.inForce().generation();
            CompletableFuture<Long> seen = CompletableFuture.supplyAsync(() -> {
                while (maps.inForce().generation() == before) {
                    Thread.onSpinWait();
                }
                return System.nanoTime();
            });
            long start = System.nanoTime();
            install.call();
            return (seen.join() - start) / 1e6;
        } catch (BpfException e) {
            throw new IllegalStateException(e);
        }
    }
}
