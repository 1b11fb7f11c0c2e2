package io.aegisflux.segmentation.engine.classifier;

/** The leaves of one point in several trees, merged. */
final class MergedLeaves implements Candidates {
    private final DecisionTree[] trees;
    private final int[] at;
    private final int[] end;
    private int last = END;

    MergedLeaves(DecisionTree[] trees, int[] point) {
        this.trees = trees;
        this.at = new int[trees.length];
        this.end = new int[trees.length];
        for (int i = 0; i < trees.length; i++) {
            int leaf = trees[i].leaf(point);
            at[i] = leaf + 1;
            end[i] = leaf + 1 + trees[i].rules()[leaf];
        }
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
        int tree = END;
        int smallest = Integer.MAX_VALUE;
        for (int i = 0; i < trees.length; i++) {
            if (at[i] < end[i] && trees[i].rules()[at[i]] < smallest) {
                smallest = trees[i].rules()[at[i]];
                tree = i;
            }
        }
        if (tree == END) {
            return END;
        }
        at[tree]++;
        return smallest;
    }
}
