package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.PartialFlows;
import io.aegisflux.segmentation.contracts.TelemetryFlows;
import io.aegisflux.segmentation.contracts.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Windows of one second, put together from what the partitions come to. Which second a partial is of, its reader says, by the
 * time at which the broker stored the messages; a window ends when the broker stores a partial {@link #TOGETHER} after the
 * first of it, or, when none comes, a little later by the clock: so all instances cut the same windows, whatever their clocks
 * say. What comes still later goes into the next window: it is counted, once. Closed windows wait until they are taken, the
 * newest of them. Safe for any thread.
 */
public final class FlowWindows {
    /** As long as a starting instance looks back. */
    static final int KEPT = 900;

    static final int KEPT_ROWS = 50_000;

    /** So long after the first the other partitions' partials of a second may be stored. */
    static final Duration TOGETHER = Duration.ofMillis(200);

    /** How much later than it is stored a partial may be delivered. */
    static final Duration GRACE = Duration.ofMillis(50);

    private final NavigableMap<Long, Open> open = new TreeMap<>();
    private final Deque<TelemetryFlows> closed = new ArrayDeque<>();
    private final Sums decisions = new Sums();
    private long closedRows;
    private long firstOpen = Long.MIN_VALUE;

    /**
     * @param until by the broker's clock
     * @param due as {@link System#nanoTime()}
     */
    private record Open(FlowWindow window, Instant until, long due) {}

    /**
     * Takes what a partition came to.
     *
     * @param storedAt when the broker stored it
     * @param now as {@link System#nanoTime()}
     */
    public synchronized void add(PartialFlows partial, Instant storedAt, long now) {
        closeAll(open.entrySet().stream()
                .filter(entry -> !entry.getValue().until.isAfter(storedAt))
                .mapToLong(java.util.Map.Entry::getKey)
                .max()
                .orElse(Long.MIN_VALUE));
        long second = Math.max(partial.from().getEpochSecond(), firstOpen);
        open.computeIfAbsent(
                        second,
                        begin -> new Open(
                                new FlowWindow(begin),
                                storedAt.plus(TOGETHER),
                                now + TOGETHER.plus(GRACE).toNanos()))
                .window
                .add(partial);
    }

    /** Counts the decisions of which events told, for Prometheus: once, when they were told after the process began to listen. */
    public synchronized void count(PartialFlows partial) {
        if (partial.source().equals(PartialFlows.EVENTS)) {
            decisions.add(Verdict.ALLOWED, partial.allowed());
            decisions.add(Verdict.DROPPED, partial.dropped());
            decisions.add(Verdict.AUDITED, partial.audited());
        }
    }

    /**
     * Closes the windows whose time is over.
     *
     * @param now as {@link System#nanoTime()}
     */
    public synchronized void closeDue(long now) {
        closeAll(open.entrySet().stream()
                .filter(entry -> now - entry.getValue().due >= 0)
                .mapToLong(java.util.Map.Entry::getKey)
                .max()
                .orElse(Long.MIN_VALUE));
    }

    /** The oldest closed window that was not {@link #published}. */
    public synchronized Optional<TelemetryFlows> next() {
        return Optional.ofNullable(closed.peekFirst());
    }

    /** Forgets the windows that begin before this time: they were published. */
    public synchronized void published(Instant until) {
        while (!closed.isEmpty() && closed.peekFirst().from().isBefore(until)) {
            forgetOldest();
        }
        open.headMap(until.getEpochSecond()).clear();
        firstOpen = Math.max(firstOpen, until.getEpochSecond());
    }

    /** What Prometheus is told of events. */
    public synchronized Family family() {
        Family.Builder family = Family.counter(
                "segmentation_decisions_total",
                "Decisions that events told of, since this instance began to listen.",
                "verdict");
        for (Verdict verdict : Verdict.values()) {
            family.add(decisions.of(verdict), verdict.wireName());
        }
        return family.build();
    }

    /** Closes the windows up to this second. */
    private void closeAll(long last) {
        while (!open.isEmpty() && open.firstKey() <= last) {
            TelemetryFlows flows = open.pollFirstEntry().getValue().window.flows();
            closed.addLast(flows);
            closedRows += flows.flows().size();
            firstOpen = flows.to().getEpochSecond();
            while (closed.size() > KEPT || closedRows > KEPT_ROWS) {
                forgetOldest();
            }
        }
    }

    private void forgetOldest() {
        closedRows -= closed.removeFirst().flows().size();
    }
}
