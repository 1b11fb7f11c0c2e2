package io.aegisflux.segmentation.engine.interval;

import static java.lang.Long.compareUnsigned;
import static java.lang.Long.numberOfTrailingZeros;

/** An unsigned whole number of 128 bits: wide enough for an IPv6 address, also used for IPv4 addresses and ports. */
public record U128(long high, long low) implements Comparable<U128> {
    public static final U128 ZERO = new U128(0, 0);
    public static final U128 MAX = new U128(-1, -1);

    /** The value of a non-negative number. */
    public static U128 of(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("%d is negative".formatted(value));
        }
        return new U128(0, value);
    }

    /** One more; {@link #MAX} wraps around to {@link #ZERO}. */
    public U128 next() {
        return new U128(low == -1 ? high + 1 : high, low + 1);
    }

    /** One less; {@link #ZERO} wraps around to {@link #MAX}. */
    public U128 previous() {
        return new U128(low == 0 ? high - 1 : high, low - 1);
    }

    /** The number of zero bits below the lowest set bit; 128 for zero. */
    public int trailingZeros() {
        if (low != 0) {
            return numberOfTrailingZeros(low);
        }
        return 64 + numberOfTrailingZeros(high);
    }

    /** This number with its lowest {@code count} bits (0 to 128) set. */
    public U128 withLowBitsSet(int count) {
        long lowMask = count >= 64 ? -1L : (1L << count) - 1;
        long highMask = count >= 128 ? -1L : count <= 64 ? 0 : (1L << (count - 64)) - 1;
        return new U128(high | highMask, low | lowMask);
    }

    @Override
    public int compareTo(U128 other) {
        int byHigh = compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : compareUnsigned(low, other.low);
    }
}
