package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.FlowRow;
import io.aegisflux.segmentation.contracts.PartialFlows;
import io.aegisflux.segmentation.contracts.TelemetryFlows;
import io.aegisflux.segmentation.contracts.Verdict;
import java.time.Instant;
import java.util.List;

/**
 * The decisions of one second, of all partitions. At most {@link #MAX_KINDS} kinds are told apart and {@link #MAX_ROWS} become
 * rows; the sums count every decision. For one thread.
 */
final class FlowWindow {
    static final int MAX_KINDS = 5_000;
    static final int MAX_ROWS = 500;

    private final long second;
    private final Tallies kinds = new Tallies(MAX_KINDS);
    private final Sums sums = new Sums();
    private long omitted;
    private long lost;
    private long through;

    /**
     * @param second it begins at, since the epoch
     */
    FlowWindow(long second) {
        this.second = second;
    }

    /**
     * @param sequence of the partial in its stream
     */
    void add(PartialFlows partial, long sequence) {
        for (FlowRow row : partial.flows()) {
            if (!kinds.add(row)) {
                omitted++;
            }
        }
        omitted += partial.omitted();
        sums.add(partial);
        lost = Saturating.sum(lost, partial.lost());
        through = sequence;
    }

    /** What is published: the rows with the most decisions. */
    TelemetryFlows flows() {
        List<FlowRow> rows = kinds.rows();
        List<FlowRow> shown = rows.stream().limit(MAX_ROWS).toList();
        return new TelemetryFlows(
                Instant.ofEpochSecond(second),
                Instant.ofEpochSecond(second + 1),
                shown,
                rows.size() - shown.size() + omitted,
                sums.of(Verdict.ALLOWED),
                sums.of(Verdict.DROPPED),
                sums.of(Verdict.AUDITED),
                lost,
                through);
    }
}
