package io.aegisflux.segmentation.engine.classifier;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The rules whose boxes a point lies in, and few others, by decision trees. Where one tree would have to copy too many
 * boxes, they are parted first by which of two sides they are wide on, and each part has a tree (CutSplit: Li, Li, Li and
 * Xie, "CutSplit: A Decision-Tree Combining Cutting and Splitting for Scalable Packet Classification", INFOCOM 2018).
 * Immutable. The kernel's programs search the same arrays (bpf/classify.h).
 */
public final class Classifier {
    /** The most trees of a classifier: one for each way to be wide on two sides. */
    public static final int TREES_MAX = 4;

    private static final int WIDE_BITS = 24;
    private static final int LARGE_LEAF = 8 * TreeBuilder.SMALL;
    private static final int COPIES = 24;

    /** One tree is worth more copies where that takes neither much memory nor long. */
    private static final int FEW_BOXES = 4096;

    private static final int COPIES_OF_FEW = 48;

    private final int[] roots;
    private final long[] nodes;
    private final int[] runs;
    private final int mostCandidates;

    private Classifier(List<TreeBuilder> trees) {
        roots = new int[trees.size()];
        long[][] parts = new long[trees.size()][];
        int[][] runsOfParts = new int[trees.size()][];
        int most = 0;
        for (int i = 0; i < roots.length; i++) {
            parts[i] = trees.get(i).nodes();
            runsOfParts[i] = trees.get(i).runs();
            most += trees.get(i).largestLeaf();
        }
        mostCandidates = most;
        nodes = new long[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
        runs = new int[Arrays.stream(runsOfParts).mapToInt(part -> part.length).sum()];
        int nodeStart = 0;
        int runStart = 0;
        for (int i = 0; i < roots.length; i++) {
            roots[i] = nodeStart;
            for (long node : parts[i]) {
                nodes[nodeStart++] = Node.moved(node, Node.isLeaf(node) ? runStart : roots[i]);
            }
            System.arraycopy(runsOfParts[i], 0, runs, runStart, runsOfParts[i].length);
            runStart += runsOfParts[i].length;
        }
    }

    /**
     * The classifier of all boxes.
     *
     * @param sides the two dimensions that part boxes where one tree does not do
     */
    public static Classifier of(Boxes boxes, int... sides) {
        int[] all = IntStream.range(0, boxes.size()).toArray();
        int[] dimensions = IntStream.range(0, boxes.dimensions()).toArray();
        TreeBuilder whole = new TreeBuilder(boxes, dimensions, LARGE_LEAF);
        if (whole.grow(all, all.length <= FEW_BOXES ? COPIES_OF_FEW : COPIES)) {
            return new Classifier(List.of(whole));
        }
        Collection<List<Integer>> parts = Arrays.stream(all)
                .boxed()
                .collect(Collectors.groupingBy(box -> wide(boxes, box, sides), TreeMap::new, Collectors.toList()))
                .values();
        return new Classifier(parts.parallelStream()
                .map(part -> {
                    TreeBuilder tree = new TreeBuilder(boxes, dimensions, Integer.MAX_VALUE);
                    tree.grow(part.stream().mapToInt(box -> box).toArray(), COPIES);
                    return tree;
                })
                .toList());
    }

    /**
     * A classifier of one tree, for points of which only some dimensions are known: its candidates are the rules that may
     * hold such a point.
     *
     * @param side a dimension in which all points are at {@code place}
     * @param known the other dimensions of a point that count
     */
    public static Classifier projected(Boxes boxes, int side, int place, int... known) {
        int at = place ^ Boxes.SIGN;
        TreeBuilder tree = new TreeBuilder(boxes, known, Integer.MAX_VALUE);
        tree.restrict(side, at);
        tree.grow(
                IntStream.range(0, boxes.size())
                        .filter(box -> boxes.low[side][box] <= at && at <= boxes.high[side][box])
                        .toArray(),
                COPIES);
        return new Classifier(List.of(tree));
    }

    /** The candidates of a point: every rule with a box that holds it, up to the one that ends the search. */
    public Candidates at(int... point) {
        int[] leafOfTree = new int[roots.length];
        for (int i = 0; i < roots.length; i++) {
            leafOfTree[i] = Node.place(leaf(nodes, roots[i], point));
        }
        return new MergedRuns(runs, leafOfTree);
    }

    /** The leaf of a point. */
    static long leaf(long[] nodes, int root, int... point) {
        long node = nodes[root];
        while (!Node.isLeaf(node)) {
            int above = Integer.compareUnsigned(point[Node.dimension(node)], Node.at(node)) >= 0 ? 1 : 0;
            node = nodes[Node.place(node) + above];
        }
        return node;
    }

    /** Places of the trees' roots in {@link #nodes()}, at most {@link #TREES_MAX}. */
    public int[] roots() {
        return roots.clone();
    }

    /** The nodes of all trees, as {@link Node} describes them; not copied, not to be changed. */
    public long[] nodes() {
        return nodes;
    }

    /** The rules of all leaves, in their order within each, with {@link Candidates#END} behind them; not copied, not to be changed. */
    public int[] runs() {
        return runs;
    }

    /** The length of the longest search: rules in the largest leaf of each tree. */
    public int mostCandidates() {
        return mostCandidates;
    }

    /** Bytes of all that searches read. */
    public long size() {
        return 8L * nodes.length + 4L * runs.length;
    }

    /** A bit for each side on which the box is wide: wider than a prefix of eight bits. */
    private static int wide(Boxes boxes, int box, int[] sides) {
        int bits = 0;
        for (int side : sides) {
            int span = boxes.high[side][box] - boxes.low[side][box];
            bits = bits << 1 | (span >>> WIDE_BITS == 0 ? 0 : 1);
        }
        return bits;
    }
}
