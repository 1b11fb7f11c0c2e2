package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.FlowRecord;
import io.aegisflux.segmentation.contracts.FlowRecords;
import io.aegisflux.segmentation.contracts.FlowRow;
import io.aegisflux.segmentation.contracts.TelemetryFlows;
import io.aegisflux.segmentation.contracts.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Windows of one second, by the time at which the broker stored an event: so all instances cut the same windows,
 * whatever their clocks say. A window ends with the first event of a later one, or, when none comes, a little after its
 * time is over. What is delivered still later goes into the next window: it is counted, once. Closed windows wait until
 * they are taken, the newest {@link #KEPT} of them. Safe for any thread.
 */
public final class FlowWindows {
    static final int KEPT = 60;

    /** How long after its end an event of a window may be delivered. */
    static final Duration GRACE = Duration.ofMillis(150);

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Deque<TelemetryFlows> closed = new ArrayDeque<>();
    private final long[] decisions = new long[Verdict.values().length];
    private FlowWindow open;
    private long openUntil;
    private long firstOpen = Long.MIN_VALUE;

    /**
     * Counts an event.
     *
     * @param storedAt when the broker stored it
     * @param now as {@link System#nanoTime()}
     */
    public synchronized void add(FlowEvent event, Instant storedAt, long now) {
        FlowWindow window = windowOf(storedAt, now);
        window.add(FlowRow.of(event));
        window.lost(event.lost());
        int verdict = event.verdict().ordinal();
        decisions[verdict] = Saturating.sum(decisions[verdict], event.count());
    }

    /**
     * Takes what a host recorded: of it, what was allowed, for events told of the rest.
     *
     * @param storedAt when the broker stored it
     * @param now as {@link System#nanoTime()}
     */
    public synchronized void add(FlowRecords records, Instant storedAt, long now) {
        FlowWindow window = windowOf(storedAt, now);
        window.lost(records.unrecorded());
        for (FlowRecord flow : records.flows()) {
            if (flow.verdict() == Verdict.ALLOWED) {
                window.add(FlowRow.of(records.hostId(), flow, records.from()));
            }
        }
    }

    /**
     * Counts events that nobody can read any more.
     *
     * @param storedAt when the broker stored the one after them
     * @param now as {@link System#nanoTime()}
     */
    public synchronized void addLost(long events, Instant storedAt, long now) {
        windowOf(storedAt, now).lost(events);
    }

    private FlowWindow windowOf(Instant storedAt, long now) {
        long second = Math.max(storedAt.getEpochSecond(), firstOpen);
        if (open != null && open.second() < second) {
            close();
        }
        if (open == null) {
            open = new FlowWindow(second);
            openUntil = now + Math.min(SECOND, SECOND - storedAt.getNano()) + GRACE.toNanos();
        }
        return open;
    }

    /**
     * Closes the window whose time is over.
     *
     * @param now as {@link System#nanoTime()}
     */
    public synchronized void closeDue(long now) {
        if (open != null && now - openUntil >= 0) {
            close();
        }
    }

    /** The oldest closed window that was not {@link #published}. */
    public synchronized Optional<TelemetryFlows> next() {
        return Optional.ofNullable(closed.peekFirst());
    }

    /** Forgets the closed windows that begin before this time: they were published. */
    public synchronized void published(Instant until) {
        while (!closed.isEmpty() && closed.peekFirst().from().isBefore(until)) {
            closed.removeFirst();
        }
    }

    /** What Prometheus is told of events. */
    public synchronized Family family() {
        Family.Builder family = Family.counter(
                "segmentation_decisions_total",
                "Decisions that events told of, since this instance began to listen.",
                "verdict");
        for (Verdict verdict : Verdict.values()) {
            family.add(decisions[verdict.ordinal()], verdict.wireName());
        }
        return family.build();
    }

    private void close() {
        closed.addLast(open.flows());
        if (closed.size() > KEPT) {
            closed.removeFirst();
        }
        firstOpen = open.second() + 1;
        open = null;
    }
}
