package io.aegisflux.segmentation.agent.domain;

import java.security.SecureRandom;

/**
 * Makes ids that are unique and sort by time: ULIDs (github.com/ulid/spec), 48 bits of milliseconds and 80 random bits,
 * in Crockford's base 32. Within a millisecond the random part counts up, so that order holds. Safe for any thread.
 */
public final class TimeOrderedIds {
    private static final char[] DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".toCharArray();
    private static final long HIGH_MASK = 0xFFFF; // the upper 16 of the 80 random bits

    private final SecureRandom random = new SecureRandom();
    private long lastMillis;
    private long high;
    private long low;

    /** The next id, 26 characters. */
    public synchronized String next(long millis) {
        if (millis > lastMillis) {
            lastMillis = millis;
            high = random.nextLong() & HIGH_MASK;
            low = random.nextLong();
        } else if (++low == 0) {
            high = (high + 1) & HIGH_MASK;
        }
        char[] id = new char[26];
        write(id, 0, 10, 0, lastMillis);
        write(id, 10, 16, high, low);
        return new String(id);
    }

    /** Writes the lowest {@code 5 × count} bits of a number of 128 bits. */
    private static void write(char[] id, int from, int count, long upper, long lower) {
        long hi = upper;
        long lo = lower;
        for (int i = from + count - 1; i >= from; i--) {
            id[i] = DIGITS[(int) (lo & 31)];
            lo = lo >>> 5 | hi << 59;
            hi >>>= 5;
        }
    }
}
