package io.aegisflux.segmentation.engine.classifier;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;

/**
 * The boxes of an ordered list of rules: a range in each dimension, both ends included, of unsigned numbers of 32 bits. A
 * rule may have several. Grows; for one thread until a {@link Classifier} is made of it.
 */
public final class Boxes {
    /** What it means for a search that a point lies in a box. */
    public enum Effect {
        /** The search takes note and goes on. */
        PASSES,
        /** The search takes note and goes on, but of all that are such only the first counts. */
        FIRST_COUNTS,
        /** The search ends. */
        ENDS
    }

    /** Ends of ranges are kept with this bit turned, so that signed comparison orders them as unsigned numbers. */
    static final int SIGN = Integer.MIN_VALUE;

    final int[][] low;
    final int[][] high;
    private int[] rules;
    private Effect[] effects;
    private boolean[] exact;
    private boolean[] hides; // of true alone, so trees that grow at once may all write it
    private int size;

    /**
     * @param dimensions 1 to 14, as many as a node can name
     * @param expected how many boxes there may be; more fit as well
     */
    public Boxes(int dimensions, int expected) {
        if (dimensions < 1 || dimensions > Node.DIMENSIONS) {
            throw new IllegalArgumentException("1 to %d dimensions, not %d".formatted(Node.DIMENSIONS, dimensions));
        }
        low = new int[dimensions][Math.max(1, expected)];
        high = new int[dimensions][Math.max(1, expected)];
        rules = new int[Math.max(1, expected)];
        effects = new Effect[Math.max(1, expected)];
        exact = new boolean[Math.max(1, expected)];
        hides = new boolean[Math.max(1, expected)];
    }

    /**
     * Adds a box behind those that are there.
     *
     * @param rule the rule's place in the order of evaluation, no lower than that of the box before
     * @param isExact whether every point in the box is the rule's; else the box only surrounds it
     * @param lows the lower end in each dimension
     * @param highs the upper end in each dimension
     */
    public void add(int rule, Effect effect, boolean isExact, int[] lows, int[] highs) {
        requireNonNull(effect, "effect is null");
        if (lows.length != low.length || highs.length != low.length) {
            throw new IllegalArgumentException(
                    "%d lower and %d upper ends in %d dimensions".formatted(lows.length, highs.length, low.length));
        }
        if (size > 0 && rule < rules[size - 1]) {
            throw new IllegalArgumentException("rule %d behind rule %d".formatted(rule, rules[size - 1]));
        }
        if (size == rules.length) {
            enlarge(2 * size);
        }
        for (int i = 0; i < low.length; i++) {
            low[i][size] = lows[i] ^ SIGN;
            high[i][size] = highs[i] ^ SIGN;
        }
        rules[size] = rule;
        effects[size] = effect;
        exact[size] = isExact;
        size++;
    }

    public int size() {
        return size;
    }

    public int dimensions() {
        return low.length;
    }

    /** Whether a classifier of these boxes has left others out somewhere, because this one comes before them. */
    public boolean hides(int box) {
        return hides[box];
    }

    void hide(int box) {
        hides[box] = true;
    }

    int rule(int box) {
        return rules[box];
    }

    Effect effect(int box) {
        return effects[box];
    }

    boolean isExact(int box) {
        return exact[box];
    }

    /** Whether the box holds the whole of a region, whose ends are kept as those of boxes. */
    boolean covers(int box, int[] regionLow, int[] regionHigh) {
        for (int i = 0; i < low.length; i++) {
            if (low[i][box] > regionLow[i] || high[i][box] < regionHigh[i]) {
                return false;
            }
        }
        return true;
    }

    private void enlarge(int capacity) {
        for (int i = 0; i < low.length; i++) {
            low[i] = Arrays.copyOf(low[i], capacity);
            high[i] = Arrays.copyOf(high[i], capacity);
        }
        rules = Arrays.copyOf(rules, capacity);
        effects = Arrays.copyOf(effects, capacity);
        exact = Arrays.copyOf(exact, capacity);
        hides = Arrays.copyOf(hides, capacity);
    }
}
