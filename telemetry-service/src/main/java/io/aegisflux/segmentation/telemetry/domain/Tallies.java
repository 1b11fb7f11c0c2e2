package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.FlowRow;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Rows summed up by their kind, so many kinds at most. For one thread. */
final class Tallies {
    private final int most;
    private final Map<FlowKind, Tally> tallies = new HashMap<>();

    Tallies(int most) {
        this.most = most;
    }

    /** Takes a row; false when it is of a new kind and there is no place for one. */
    boolean add(FlowRow row) {
        FlowKind kind = FlowKind.of(row);
        Tally tally = tallies.get(kind);
        if (tally != null) {
            tally.add(row);
            return true;
        }
        if (tallies.size() >= most) {
            return false;
        }
        tallies.put(kind, new Tally(row));
        return true;
    }

    /** One for each kind, those with the most decisions first. */
    List<FlowRow> rows() {
        return tallies.values().stream()
                .sorted(Comparator.comparingLong((Tally tally) -> tally.count)
                        .reversed()
                        .thenComparing(tally -> tally.first))
                .map(Tally::row)
                .toList();
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
            return newest.summedUp(severalPorts ? null : newest.sourcePort(), newest.destPort(), count, first);
        }
    }
}
