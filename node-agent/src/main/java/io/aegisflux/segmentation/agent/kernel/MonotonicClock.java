package io.aegisflux.segmentation.agent.kernel;

import java.time.Instant;

/** CLOCK_MONOTONIC, by which the programs tell time, in nanoseconds. */
final class MonotonicClock {
    private MonotonicClock() {}

    /** Now. On Linux, {@link System#nanoTime()} reads this clock. */
    static long nanos() {
        return System.nanoTime();
    }

    /** What a wall clock shows, or has shown, at a time of this one. */
    static Instant wallTime(long nanos) {
        return Instant.now().minusNanos(nanos() - nanos);
    }
}
