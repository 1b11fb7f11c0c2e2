package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.PartialFlows;
import io.aegisflux.segmentation.contracts.TelemetryFlows;
import io.aegisflux.segmentation.contracts.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Windows of one second, put together from what the partitions come to. What a partition's hosts told in a second is stored
 * within {@link #TOGETHER} after it, so a window holds the partials that the broker stored until then, since the one before. That is by the
 * broker's clock, and the window says with which partial it ends: so whoever publishes the next one begins behind it, and
 * each partial is in one window. What is stored late, or delivered when its window was published already, is in the
 * next one. Safe for any thread.
 */
public final class FlowWindows {
    /** Rows that wait while nobody publishes; those of older partials are given up, not their sums. */
    static final int KEPT_ROWS = 50_000;

    /** So long after a second what it came to in all partitions may be stored. */
    static final Duration TOGETHER = Duration.ofMillis(200);

    /** How much later than it is stored a partial may be delivered. */
    static final Duration GRACE = Duration.ofMillis(50);

    private static final Duration SECOND = Duration.ofSeconds(1);

    /** Those before {@link #whole}, without their rows. */
    private final Deque<Waiting> bare = new ArrayDeque<>();

    private final Deque<Waiting> whole = new ArrayDeque<>();
    private final Sums decisions = new Sums();
    private long rows;
    private long lastSecond = Long.MIN_VALUE;

    /**
     * @param second whose window it is in
     * @param due when the window is over, as {@link System#nanoTime()}
     */
    private record Waiting(PartialFlows partial, long sequence, long second, long due) {}

    /**
     * Takes what a partition came to.
     *
     * @param sequence of the partial in its stream, which rises
     * @param storedAt when the broker stored it
     * @param now as {@link System#nanoTime()}
     */
    public synchronized void add(PartialFlows partial, long sequence, Instant storedAt, long now) {
        Waiting before = whole.peekLast();
        long least = before != null ? before.second : lastSecond + 1;
        long second = Math.max(storedAt.minus(TOGETHER).getEpochSecond(), least);
        long due = before != null && before.second == second ? before.due : now + left(second, storedAt);
        whole.addLast(new Waiting(partial, sequence, second, due));
        rows += partial.flows().size();
        while (rows > KEPT_ROWS) {
            Waiting oldest = whole.removeFirst();
            rows -= oldest.partial.flows().size();
            bare.addLast(new Waiting(oldest.partial.withoutRows(), oldest.sequence, oldest.second, oldest.due));
        }
    }

    /** How long a window is awaited when something of it is stored then, in nanoseconds. */
    private static long left(long second, Instant storedAt) {
        Instant end = Instant.ofEpochSecond(second).plus(SECOND).plus(TOGETHER);
        return Math.max(0, Duration.between(storedAt, end).toNanos()) + GRACE.toNanos();
    }

    /** Counts the decisions of which events told, for Prometheus: once, when they were told after the process began to listen. */
    public synchronized void count(PartialFlows partial) {
        if (partial.source().equals(PartialFlows.EVENTS)) {
            decisions.add(partial);
        }
    }

    /**
     * The oldest window that is over and was not {@link #published}.
     *
     * @param now as {@link System#nanoTime()}
     */
    public synchronized Optional<TelemetryFlows> next(long now) {
        Waiting first = bare.isEmpty() ? whole.peekFirst() : bare.peekFirst();
        if (first == null || whole.getLast().second == first.second && now - first.due < 0) {
            return Optional.empty();
        }
        FlowWindow window = new FlowWindow(Math.max(first.second, lastSecond + 1));
        Stream.concat(bare.stream(), whole.stream())
                .takeWhile(waiting -> waiting.second == first.second)
                .forEach(waiting -> window.add(waiting.partial, waiting.sequence));
        return Optional.of(window.flows());
    }

    /** Forgets what is in a window that was published, by whichever instance. */
    public synchronized void published(TelemetryFlows window) {
        lastSecond = Math.max(lastSecond, window.from().getEpochSecond());
        while (!bare.isEmpty() && bare.peekFirst().sequence <= window.through()) {
            bare.removeFirst();
        }
        while (!whole.isEmpty() && whole.peekFirst().sequence <= window.through()) {
            rows -= whole.removeFirst().partial.flows().size();
        }
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
}
