package io.aegisflux.segmentation.engine.classifier;

import java.util.Arrays;

/**
 * Grows a decision tree as HyperSplit does (Qi, Xu, Yang, Xu and Li, "Packet Classification Algorithms: From Theory to
 * Practice", INFOCOM 2009): each node cuts one dimension in two at an end of a box, where the larger side is smallest and
 * the fewest boxes stand on both sides. Two things bound it. What lies behind a box that ends the search for a whole region
 * is dropped there. And a node may only copy boxes while its share of a budget lasts, else it stays a leaf, so memory is
 * linear in the number of boxes whatever they are.
 */
final class TreeBuilder {
    /** The most boxes of a leaf that is not cut further. */
    static final int SMALL = 4;

    private static final int DEEPEST = 64;
    private static final int SAMPLE = 64;

    private final Boxes boxes;
    private final int[] dimensions;
    private final int longest;
    private final int[] regionLow;
    private final int[] regionHigh;
    private final int[] lows = new int[SAMPLE];
    private final int[] ends = new int[SAMPLE];
    private final int[] sample = new int[SAMPLE];

    /** The boxes of all nodes from the root to the one that grows, one list behind the other. */
    private int[] lists;

    private long[] nodes = new long[256];
    private int nodeCount;
    private int[] runs = new int[1024];
    private int used;
    private int largestLeaf;
    private boolean failed;

    private int cutDimension;
    private int cutAt;

    /**
     * @param dimensions in which it may cut
     * @param longest a leaf of more rules makes the tree fail
     */
    TreeBuilder(Boxes boxes, int[] dimensions, int longest) {
        this.boxes = boxes;
        this.dimensions = dimensions;
        this.longest = longest;
        this.regionLow = new int[boxes.dimensions()];
        this.regionHigh = new int[boxes.dimensions()];
        Arrays.fill(regionLow, Integer.MIN_VALUE);
        Arrays.fill(regionHigh, Integer.MAX_VALUE);
    }

    /** All points are at one place of a dimension. */
    void restrict(int dimension, int place) {
        regionLow[dimension] = place;
        regionHigh[dimension] = place;
    }

    /**
     * Grows the tree of some of the boxes.
     *
     * @param members ascending
     * @param copies how many entries its leaves may have together for each of them
     * @return false when a leaf grew too long
     */
    boolean grow(int[] members, int copies) {
        lists = Arrays.copyOf(members, 4 * members.length + 64);
        nodeCount = 1;
        grow(0, 0, members.length, 0, copies * (long) members.length + SMALL);
        lists = null;
        return !failed;
    }

    /** The root first. */
    long[] nodes() {
        return Arrays.copyOf(nodes, nodeCount);
    }

    int[] runs() {
        return Arrays.copyOf(runs, used);
    }

    int largestLeaf() {
        return largestLeaf;
    }

    private void grow(int node, int from, int to, int depth, long budget) {
        int end = dropHidden(from, to);
        if (end - from <= SMALL || depth == DEEPEST || !findCut(from, end)) {
            leaf(node, from, end);
            return;
        }
        int dimension = cutDimension;
        int at = cutAt;
        reserve(2 * (end - from) + end);
        int above = end;
        int below = above;
        int[] high = boxes.high[dimension];
        for (int i = from; i < end; i++) {
            if (high[lists[i]] >= at) {
                lists[below++] = lists[i];
            }
        }
        int belowEnd = below;
        int[] low = boxes.low[dimension];
        for (int i = from; i < end; i++) {
            if (low[lists[i]] < at) {
                lists[belowEnd++] = lists[i];
            }
        }
        long both = belowEnd - (long) above;
        if (both > budget) {
            leaf(node, from, end);
            return;
        }
        int child = addPair();
        nodes[node] = Node.cut(dimension, at ^ Boxes.SIGN, child);
        int lowest = regionLow[dimension];
        int highest = regionHigh[dimension];
        regionHigh[dimension] = at - 1;
        grow(child, below, belowEnd, depth + 1, budget * (belowEnd - below) / both);
        regionHigh[dimension] = highest;
        regionLow[dimension] = at;
        if (!failed) {
            grow(child + 1, above, below, depth + 1, budget * (below - above) / both);
        }
        regionLow[dimension] = lowest;
    }

    /** Drops from a list what no point of the region is ever asked about; returns its new end. */
    private int dropHidden(int from, int to) {
        int end = from;
        boolean firstFound = false;
        for (int i = from; i < to; i++) {
            int box = lists[i];
            Boxes.Effect effect = boxes.effect(box);
            if (firstFound && effect == Boxes.Effect.FIRST_COUNTS) {
                continue;
            }
            lists[end++] = box;
            if (effect != Boxes.Effect.PASSES && boxes.isExact(box) && boxes.covers(box, regionLow, regionHigh)) {
                if (effect != Boxes.Effect.ENDS || i + 1 < to) {
                    boxes.hide(box);
                }
                if (effect == Boxes.Effect.ENDS) {
                    return end;
                }
                firstFound = true;
            }
        }
        return end;
    }

    /**
     * Finds the best cut by a sample of the boxes, in one sweep over the sorted ends of each dimension. False when none
     * leaves fewer boxes on both of its sides.
     */
    private boolean findCut(int from, int end) {
        int count = end - from;
        int taken = Math.min(count, SAMPLE);
        for (int i = 0; i < taken; i++) {
            sample[i] = lists[from + (int) ((long) i * count / taken)];
        }
        int lowest = Integer.MAX_VALUE;
        for (int dimension : dimensions) {
            int[] low = boxes.low[dimension];
            int[] high = boxes.high[dimension];
            int regionStart = regionLow[dimension];
            int regionEnd = regionHigh[dimension];
            int lowCount = 0;
            int endCount = 0;
            for (int i = 0; i < taken; i++) {
                int box = sample[i];
                if (low[box] > regionStart) {
                    lows[lowCount++] = low[box];
                }
                if (high[box] < regionEnd) {
                    ends[endCount++] = high[box] + 1;
                }
            }
            if (lowCount + endCount == 0) {
                continue;
            }
            Arrays.sort(lows, 0, lowCount);
            Arrays.sort(ends, 0, endCount);
            int below = taken - lowCount; // those that begin below the cut
            int above = taken; // those that end at or above it
            int nextLow = 0;
            int nextEnd = 0;
            while (nextLow < lowCount || nextEnd < endCount) {
                int at = nextEnd == endCount || nextLow < lowCount && lows[nextLow] < ends[nextEnd]
                        ? lows[nextLow]
                        : ends[nextEnd];
                while (nextEnd < endCount && ends[nextEnd] == at) {
                    nextEnd++;
                    above--;
                }
                int larger = Math.max(below, above);
                int cost = larger + (below + above - taken);
                if (larger < taken && cost < lowest) {
                    lowest = cost;
                    cutDimension = dimension;
                    cutAt = at;
                }
                while (nextLow < lowCount && lows[nextLow] == at) {
                    nextLow++;
                    below++;
                }
            }
        }
        return lowest != Integer.MAX_VALUE;
    }

    private void leaf(int node, int from, int end) {
        if (used + end - from + 1 > runs.length) {
            runs = Arrays.copyOf(runs, Math.max(2 * runs.length, used + end - from + 1));
        }
        nodes[node] = Node.leaf(used);
        int length = 0;
        for (int i = from; i < end; i++) {
            int rule = boxes.rule(lists[i]);
            if (length == 0 || runs[used - 1] != rule) {
                runs[used++] = rule;
                length++;
            }
        }
        runs[used++] = Candidates.END;
        largestLeaf = Math.max(largestLeaf, length);
        failed |= length > longest;
    }

    private int addPair() {
        if (nodeCount + 2 > nodes.length) {
            nodes = Arrays.copyOf(nodes, 2 * nodes.length);
        }
        nodeCount += 2;
        return nodeCount - 2;
    }

    private void reserve(int length) {
        if (length > lists.length) {
            lists = Arrays.copyOf(lists, Math.max(2 * lists.length, length));
        }
    }
}
