package io.aegisflux.segmentation.engine.classifier;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The rules whose boxes a point lies in, and few others, by decision trees. Where one tree would have to copy too many boxes,
 * they are parted first by which of two sides they are wide on, and each part has a tree (CutSplit: Li, Li, Li and Xie,
 * "CutSplit: A Decision-Tree Combining Cutting and Splitting for Scalable Packet Classification", INFOCOM 2018). Immutable.
 */
public final class Classifier {
    private static final int WIDE_BITS = 24;
    private static final int LARGE_LEAF = 4 * TreeBuilder.SMALL;

    private final DecisionTree[] trees;

    private Classifier(Collection<DecisionTree> trees) {
        this.trees = trees.toArray(DecisionTree[]::new);
    }

    /**
     * @param dimensions of every box, at most 15
     * @param sides the dimensions that part boxes where one tree does not do
     */
    public static Classifier of(int dimensions, int[] sides, List<Box> boxes) {
        if (dimensions < 1 || dimensions >= DecisionTree.LEAF) {
            throw new IllegalArgumentException("1 to 14 dimensions, not " + dimensions);
        }
        List<Box> ordered = new ArrayList<>(boxes);
        ordered.sort(Comparator.comparingInt(Box::rule));
        DecisionTree whole = TreeBuilder.build(dimensions, ordered);
        if (whole.largestLeaf() <= LARGE_LEAF) {
            return new Classifier(List.of(whole));
        }
        Map<Integer, List<Box>> parts = ordered.stream().collect(Collectors.groupingBy(box -> wide(box, sides)));
        return new Classifier(parts.values().stream()
                .map(part -> TreeBuilder.build(dimensions, part))
                .toList());
    }

    /** The candidates of a point: every rule with a box that holds it, up to the one that ends the search. */
    public Candidates at(int[] point) {
        return new MergedLeaves(trees, point);
    }

    /** The length of the longest search: rules in one leaf of each tree. */
    public int mostCandidates() {
        int most = 0;
        for (DecisionTree tree : trees) {
            most += tree.largestLeaf();
        }
        return most;
    }

    /** Bytes of all that searches read. */
    public long size() {
        long size = 0;
        for (DecisionTree tree : trees) {
            size += tree.size();
        }
        return size;
    }

    /** A bit for each side on which the box is wide: wider than a prefix of eight bits. */
    private static int wide(Box box, int[] sides) {
        int bits = 0;
        for (int side : sides) {
            int span = box.high()[side] - box.low()[side];
            bits = bits << 1 | (span >>> WIDE_BITS == 0 ? 0 : 1);
        }
        return bits;
    }
}
