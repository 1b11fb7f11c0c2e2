package io.aegisflux.segmentation.engine.linting;

/** How much may still be looked at. The engine has no clock, so steps are counted: about a nanosecond each. */
final class Budget {
    private long left;

    Budget(long steps) {
        left = steps;
    }

    /** Takes steps that are made, also more than are left. */
    void take(long steps) {
        left -= steps;
    }

    boolean isSpent() {
        return left <= 0;
    }

    /** What one rule may take of it: no more than is left. */
    Budget share(long most) {
        return new Budget(Math.min(most, left));
    }

    /** Steps that are left of a share; negative when more were made. */
    long left() {
        return left;
    }
}
