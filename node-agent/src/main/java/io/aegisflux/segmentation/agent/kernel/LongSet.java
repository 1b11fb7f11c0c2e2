package io.aegisflux.segmentation.agent.kernel;

import java.util.Arrays;

/** A set of numbers without an object for each: open addressing, for numbers whose low bits are random. For one thread. */
final class LongSet {
    private static final int LEAST = 1 << 10;

    private long[] slots = new long[LEAST];
    private boolean hasZero;
    private int size;

    /** Adds a number; does nothing when it is in here. */
    void add(long number) {
        if (number == 0) {
            size += hasZero ? 0 : 1;
            hasZero = true;
            return;
        }
        int at = find(number);
        if (slots[at] == 0) {
            slots[at] = number;
            size++;
            if (size > slots.length / 2) {
                grow();
            }
        }
    }

    boolean contains(long number) {
        return number == 0 ? hasZero : slots[find(number)] != 0;
    }

    int size() {
        return size;
    }

    void clear() {
        Arrays.fill(slots, 0);
        hasZero = false;
        size = 0;
    }

    /** Where the number is, or where it would be. */
    private int find(long number) {
        int mask = slots.length - 1;
        int at = (int) number & mask;
        while (slots[at] != 0 && slots[at] != number) {
            at = at + 1 & mask;
        }
        return at;
    }

    private void grow() {
        long[] before = slots;
        slots = new long[before.length * 2];
        for (long number : before) {
            if (number != 0) {
                slots[find(number)] = number;
            }
        }
    }
}
