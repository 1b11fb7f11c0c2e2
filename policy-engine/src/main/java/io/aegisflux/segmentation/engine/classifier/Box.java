package io.aegisflux.segmentation.engine.classifier;

import static java.util.Objects.requireNonNull;

/**
 * A rule's range in each dimension, both ends included, as unsigned numbers of 32 bits.
 *
 * @param rule the rule's place in the order of evaluation
 * @param low the lower end in each dimension; not copied, not changed
 * @param high the upper end in each dimension; not copied, not changed
 * @param ends whether every point in the box is decided by this rule at the latest: no later rule is asked for it
 */
public record Box(int rule, int[] low, int[] high, boolean ends) {
    public Box {
        requireNonNull(low, "low is null");
        requireNonNull(high, "high is null");
        if (low.length != high.length) {
            throw new IllegalArgumentException("%d lower and %d upper ends".formatted(low.length, high.length));
        }
    }

    boolean covers(int[] regionLow, int[] regionHigh) {
        for (int i = 0; i < low.length; i++) {
            if (Integer.compareUnsigned(low[i], regionLow[i]) > 0
                    || Integer.compareUnsigned(high[i], regionHigh[i]) < 0) {
                return false;
            }
        }
        return true;
    }
}
