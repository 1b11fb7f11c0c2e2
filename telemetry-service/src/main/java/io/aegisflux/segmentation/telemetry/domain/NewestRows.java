package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.FlowRow;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** The newest of many rows. For one thread. */
public final class NewestRows {
    private static final Comparator<FlowRow> BY_AGE = Comparator.comparing(FlowRow::last)
            .thenComparing(row -> row.hostId().value())
            .thenComparing(row -> row.eventId() == null ? "" : row.eventId());

    private final int limit;
    private final PriorityQueue<FlowRow> newest = new PriorityQueue<>(BY_AGE);
    private long matched;

    public NewestRows(int limit) {
        this.limit = limit;
    }

    public void add(FlowRow row) {
        matched++;
        newest.add(row);
        if (newest.size() > limit) {
            newest.remove();
        }
    }

    public boolean isFull() {
        return newest.size() == limit;
    }

    public long matched() {
        return matched;
    }

    /** The newest first. */
    public List<FlowRow> rows() {
        return newest.stream().sorted(BY_AGE.reversed()).toList();
    }
}
