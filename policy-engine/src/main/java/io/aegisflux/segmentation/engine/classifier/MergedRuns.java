package io.aegisflux.segmentation.engine.classifier;

/** Several runs of rules, merged. */
final class MergedRuns implements Candidates {
    private final int[] rules;
    private final int[] next;
    private int last = END;

    /**
     * @param rules in runs, with {@link #END} behind each
     * @param next where each run begins; changed by this
     */
    MergedRuns(int[] rules, int[] next) {
        this.rules = rules;
        this.next = next;
    }

    @Override
    public int next() {
        int rule;
        do {
            rule = smallest();
        } while (rule == last && rule != END);
        last = rule;
        return rule;
    }

    private int smallest() {
        int run = 0;
        for (int i = 1; i < next.length; i++) {
            if (Integer.compareUnsigned(rules[next[i]], rules[next[run]]) < 0) { // END is above all
                run = i;
            }
        }
        int rule = rules[next[run]];
        if (rule != END) {
            next[run]++;
        }
        return rule;
    }
}
