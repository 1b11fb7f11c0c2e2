package io.aegisflux.segmentation.telemetry.domain;

/** Sums of figures that others told: a host that tells nonsense must not make a sum negative. */
final class Saturating {
    private Saturating() {}

    /** The sum of two figures that are not negative, {@link Long#MAX_VALUE} when it would not fit. */
    static long sum(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}
