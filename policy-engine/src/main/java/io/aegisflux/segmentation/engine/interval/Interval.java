package io.aegisflux.segmentation.engine.interval;

import static java.util.Objects.requireNonNull;

/** Whole numbers from {@code low} to {@code high}, both included. */
public record Interval(U128 low, U128 high) {
    public Interval {
        requireNonNull(low, "low is null");
        requireNonNull(high, "high is null");
        if (low.compareTo(high) > 0) {
            throw new IllegalArgumentException("no interval from %s to %s".formatted(low, high));
        }
    }

    /** The interval of two non-negative numbers. */
    public static Interval of(long low, long high) {
        return new Interval(U128.of(low), U128.of(high));
    }

    public boolean contains(U128 value) {
        return low.compareTo(value) <= 0 && value.compareTo(high) <= 0;
    }
}
