package io.aegisflux.segmentation.engine.classifier;

/** Rules that may hold a point, in their order, each once. To be gone through once, by one thread. */
public interface Candidates {
    /** After the last. */
    int END = -1;

    /** The next rule, or {@link #END}. */
    int next();

    /** The rules from 0 to {@code count - 1}. */
    static Candidates ofAll(int count) {
        return new Candidates() {
            private int next;

            @Override
            public int next() {
                return next < count ? next++ : END;
            }
        };
    }
}
