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
        return add(FlowKind.of(row), row);
    }

    /** As {@link #add}, with those that differ in their ports alone. */
    boolean addWithoutPorts(FlowRow row) {
        return add(FlowKind.of(row).withoutPort(), row);
    }

    private boolean add(FlowKind kind, FlowRow row) {
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
        return tallies.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<FlowKind, Tally> kind) -> kind.getValue().count)
                        .reversed()
                        .thenComparing(kind -> kind.getValue().first))
                .map(kind -> kind.getValue().row(kind.getKey().destPort()))
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

        FlowRow row(int destPort) {
            return newest.summedUp(severalPorts ? null : newest.sourcePort(), destPort, count, first);
        }
    }
}
