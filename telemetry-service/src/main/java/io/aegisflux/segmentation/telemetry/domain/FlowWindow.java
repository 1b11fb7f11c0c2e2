package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.FlowRow;
import io.aegisflux.segmentation.contracts.TelemetryFlows;
import io.aegisflux.segmentation.contracts.Verdict;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The decisions of one second. At most {@link #MAX_KINDS} kinds are told apart and {@link #MAX_ROWS} become rows, so that
 * a scan of ports or addresses fills neither the memory nor the message; the sums count every decision.
 */
final class FlowWindow {
    static final int MAX_KINDS = 5_000;
    static final int MAX_ROWS = 500;

    private final long second;
    private final Map<FlowKind, Tally> tallies = new HashMap<>();
    private final Map<Verdict, Long> sums = new EnumMap<>(Verdict.class);
    private long withoutPlace;
    private long lost;

    /**
     * @param second it begins at, since the epoch
     */
    FlowWindow(long second) {
        this.second = second;
    }

    long second() {
        return second;
    }

    void add(FlowRow row) {
        sums.merge(row.verdict(), row.count(), Saturating::sum);
        FlowKind kind = FlowKind.of(row);
        Tally tally = tallies.get(kind);
        if (tally == null) {
            if (tallies.size() >= MAX_KINDS) {
                withoutPlace++;
                return;
            }
            tally = new Tally(row);
            tallies.put(kind, tally);
        } else {
            tally.add(row);
        }
    }

    /** Counts decisions that a host could not tell of. */
    void lost(long decisions) {
        lost = Saturating.sum(lost, decisions);
    }

    /** What is published: the rows with the most decisions. */
    TelemetryFlows flows() {
        List<FlowRow> rows = tallies.values().stream()
                .sorted(Comparator.comparingLong((Tally tally) -> tally.count)
                        .reversed()
                        .thenComparing(tally -> tally.first))
                .limit(MAX_ROWS)
                .map(Tally::row)
                .toList();
        return new TelemetryFlows(
                Instant.ofEpochSecond(second),
                Instant.ofEpochSecond(second + 1),
                rows,
                tallies.size() - rows.size() + withoutPlace,
                sum(Verdict.ALLOWED),
                sum(Verdict.DROPPED),
                sum(Verdict.AUDITED),
                lost);
    }

    private long sum(Verdict verdict) {
        return sums.getOrDefault(verdict, 0L);
    }

    /** Sums up rows of one kind; the newest of them stands for all. */
    private static final class Tally {
        private FlowRow newest;
        private boolean severalPorts;
        private long count;
        private Instant first;

        Tally(FlowRow row) {
            newest = row;
            count = row.count();
            first = row.first();
        }

        void add(FlowRow row) {
            count = Saturating.sum(count, row.count());
            first = row.first().isBefore(first) ? row.first() : first;
            severalPorts |= !Objects.equals(row.sourcePort(), newest.sourcePort());
            newest = row.last().isBefore(newest.last()) ? newest : row;
        }

        FlowRow row() {
            return new FlowRow(
                    newest.hostId(),
                    newest.eventId(),
                    newest.direction(),
                    newest.source(),
                    newest.dest(),
                    severalPorts ? null : newest.sourcePort(),
                    newest.destPort(),
                    newest.protocol(),
                    newest.verdict(),
                    newest.reason(),
                    newest.policyId(),
                    newest.policyVersion(),
                    newest.ruleId(),
                    count,
                    first,
                    newest.last());
        }
    }
}
