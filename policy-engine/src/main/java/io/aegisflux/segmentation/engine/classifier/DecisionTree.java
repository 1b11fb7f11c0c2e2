package io.aegisflux.segmentation.engine.classifier;

/**
 * A tree of cuts in flat arrays. A node is two numbers: where it cuts, and in which dimension with the first of its two
 * children, which stand together. A leaf is a run of {@link #rules}: their count, then the rules in their order.
 */
final class DecisionTree {
    static final int CHILD_BITS = 28;
    static final int CHILD_MASK = (1 << CHILD_BITS) - 1;
    /** Stands for the dimension where a node is a leaf. */
    static final int LEAF = 15;

    private final int[] cuts;
    private final int[] links;
    private final int[] rules;
    private final int largestLeaf;

    DecisionTree(int[] cuts, int[] links, int[] rules, int largestLeaf) {
        this.cuts = cuts;
        this.links = links;
        this.rules = rules;
        this.largestLeaf = largestLeaf;
    }

    /** Where the leaf of a point begins in {@link #rules()}. */
    int leaf(int[] point) {
        int node = 0;
        while (true) {
            int link = links[node];
            int dimension = link >>> CHILD_BITS;
            int child = link & CHILD_MASK;
            if (dimension == LEAF) {
                return child;
            }
            node = Integer.compareUnsigned(point[dimension], cuts[node]) < 0 ? child : child + 1;
        }
    }

    int[] rules() {
        return rules;
    }

    int largestLeaf() {
        return largestLeaf;
    }

    /** Bytes of all that a search reads. */
    long size() {
        return 4L * (cuts.length + links.length + rules.length);
    }
}
