package io.aegisflux.segmentation.agent.kernel;

import java.time.Duration;

/**
 * All of a generation that a packet must see as one, as the word that the programs read once a packet (bpf/maps.h):
 * generation 32 bits, posture deny 1, bank 1, deadline 30.
 *
 * @param generation unsigned, 0 before the first table
 * @param bank 0 or 1
 * @param deadline the second of the monotonic clock with which the programs fall back to the previous descriptor; 0 for
 *     never
 */
record Descriptor(long generation, boolean deniesByDefault, int bank, long deadline) {
    private static final long DEADLINE = (1L << 30) - 1;

    static Descriptor of(long word) {
        return new Descriptor(word >>> 32, (word >>> 31 & 1) == 1, (int) (word >>> 30 & 1), word & DEADLINE);
    }

    long word() {
        return generation << 32 | (deniesByDefault ? 1L << 31 : 0) | (long) bank << 30 | deadline;
    }

    boolean isConfirmed() {
        return deadline == 0;
    }

    /** Whether the programs have fallen back from it. */
    boolean isExpired() {
        return !isConfirmed() && monotonicSeconds() >= deadline;
    }

    /** How long the programs still go by it; zero when they do not, or for ever. */
    Duration left() {
        return isConfirmed()
                ? Duration.ZERO
                : Duration.ofNanos(Math.max(0, deadline * 1_000_000_000L - MonotonicClock.nanos()));
    }

    Descriptor ofGeneration(long other) {
        return new Descriptor(other, deniesByDefault, bank, deadline);
    }

    Descriptor confirmed() {
        return new Descriptor(generation, deniesByDefault, bank, 0);
    }

    /** With a deadline, rounded to a whole second of the clock. */
    Descriptor unconfirmedFor(Duration time) {
        return new Descriptor(
                generation,
                deniesByDefault,
                bank,
                Math.floorDiv(MonotonicClock.nanos() + time.toNanos() + 500_000_000L, 1_000_000_000L));
    }

    private static long monotonicSeconds() {
        return MonotonicClock.nanos() / 1_000_000_000L;
    }
}
