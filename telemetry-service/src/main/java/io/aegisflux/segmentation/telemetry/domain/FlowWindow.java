package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.TelemetryFlows;
import io.aegisflux.segmentation.contracts.Verdict;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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

    /**
     * @param second it begins at, since the epoch
     */
    FlowWindow(long second) {
        this.second = second;
    }

    long second() {
        return second;
    }

    void add(FlowEvent event) {
        sums.merge(event.verdict(), event.count(), Saturating::sum);
        FlowKind kind = FlowKind.of(event);
        Tally tally = tallies.get(kind);
        if (tally == null) {
            if (tallies.size() >= MAX_KINDS) {
                withoutPlace++;
                return;
            }
            tally = new Tally();
            tallies.put(kind, tally);
        }
        tally.add(event);
    }

    /** What is published: the rows with the most decisions. */
    TelemetryFlows flows() {
        List<TelemetryFlows.Flow> rows = tallies.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.comparingLong((Tally tally) -> tally.count)
                        .reversed()
                        .thenComparing(tally -> tally.first)))
                .limit(MAX_ROWS)
                .map(entry -> row(entry.getKey(), entry.getValue()))
                .toList();
        return new TelemetryFlows(
                Instant.ofEpochSecond(second),
                Instant.ofEpochSecond(second + 1),
                rows,
                tallies.size() - rows.size() + withoutPlace,
                sum(Verdict.ALLOWED),
                sum(Verdict.DROPPED),
                sum(Verdict.AUDITED));
    }

    private long sum(Verdict verdict) {
        return sums.getOrDefault(verdict, 0L);
    }

    private static TelemetryFlows.Flow row(FlowKind kind, Tally tally) {
        return new TelemetryFlows.Flow(
                kind.host(),
                kind.sourceIp(),
                kind.destIp(),
                kind.destPort(),
                kind.protocol(),
                kind.verdict(),
                kind.policyId(),
                kind.policyVersion(),
                kind.ruleId(),
                tally.count,
                tally.first,
                tally.last);
    }

    private static final class Tally {
        private long count;
        private Instant first;
        private Instant last;

        void add(FlowEvent event) {
            count = Saturating.sum(count, event.count());
            Instant begin = event.count() > 1 ? firstOf(event) : event.timestamp();
            first = first == null || begin.isBefore(first) ? begin : first;
            last = last == null || event.timestamp().isAfter(last) ? event.timestamp() : last;
        }

        /** An event of several decisions is dated by the last and names the first in its metadata. */
        private static Instant firstOf(FlowEvent event) {
            try {
                return event.metadata().get("first") instanceof String first ? Instant.parse(first) : event.timestamp();
            } catch (DateTimeException e) {
                return event.timestamp();
            }
        }
    }
}
