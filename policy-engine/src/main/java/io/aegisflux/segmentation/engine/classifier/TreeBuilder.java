package io.aegisflux.segmentation.engine.classifier;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Grows a {@link DecisionTree} as HyperSplit does (Qi, Xu, Yang, Xu and Li, "Packet Classification Algorithms: From Theory to
 * Practice", INFOCOM 2009): each node cuts one dimension in two at an end of a box, where the larger side is smallest and
 * the fewest boxes stand on both sides. Two things bound it. What lies behind a box that ends the search for a whole region
 * is dropped there. And a node may only copy boxes while its share of a budget lasts, else it stays a leaf, so memory is
 * linear in the number of boxes whatever they are.
 */
final class TreeBuilder {
    /** The most boxes of a leaf that is not cut further. */
    static final int SMALL = 8;

    private static final int DEEPEST = 64;
    private static final int SAMPLE = 256;
    private static final int TRIALS = 16;
    private static final int COPIES = 12;

    private final List<Box> boxes;
    private final int dimensions;
    private int[] cuts = new int[64];
    private int[] links = new int[64];
    private int nodes;
    private int[] rules = new int[256];
    private int used;
    private int largestLeaf;

    private record Cut(int dimension, long at) {}

    private TreeBuilder(int dimensions, List<Box> boxes) {
        this.dimensions = dimensions;
        this.boxes = boxes;
    }

    /** @param boxes in the order of their rules */
    static DecisionTree build(int dimensions, List<Box> boxes) {
        TreeBuilder builder = new TreeBuilder(dimensions, boxes);
        int[] low = new int[dimensions];
        int[] high = new int[dimensions];
        Arrays.fill(high, -1);
        builder.add(1);
        builder.grow(0, IntStream.range(0, boxes.size()).toArray(), low, high, 0, COPIES * (long) boxes.size() + SMALL);
        return new DecisionTree(
                Arrays.copyOf(builder.cuts, builder.nodes),
                Arrays.copyOf(builder.links, builder.nodes),
                Arrays.copyOf(builder.rules, builder.used),
                builder.largestLeaf);
    }

    /** @param low with high the region of the node, as it was again at the end */
    private void grow(int node, int[] candidates, int[] low, int[] high, int depth, long budget) {
        int[] held = untilCovered(candidates, low, high);
        Cut cut = held.length <= SMALL || depth == DEEPEST ? null : bestCut(held, low, high);
        if (cut == null) {
            leaf(node, held);
            return;
        }
        int[] below = side(held, cut, false);
        int[] above = side(held, cut, true);
        long both = below.length + (long) above.length;
        if (both > budget) {
            leaf(node, held);
            return;
        }
        int child = add(2);
        cuts[node] = (int) cut.at();
        links[node] = cut.dimension() << DecisionTree.CHILD_BITS | child;
        int lowest = low[cut.dimension()];
        int highest = high[cut.dimension()];
        high[cut.dimension()] = (int) (cut.at() - 1);
        grow(child, below, low, high, depth + 1, budget * below.length / both);
        high[cut.dimension()] = highest;
        low[cut.dimension()] = (int) cut.at();
        grow(child + 1, above, low, high, depth + 1, budget * above.length / both);
        low[cut.dimension()] = lowest;
    }

    /** The boxes that reach below the cut, or those that reach to it or above. */
    private int[] side(int[] held, Cut cut, boolean above) {
        int[] some = new int[held.length];
        int count = 0;
        for (int each : held) {
            Box box = boxes.get(each);
            long end = Integer.toUnsignedLong((above ? box.high() : box.low())[cut.dimension()]);
            if (above == end >= cut.at()) {
                some[count++] = each;
            }
        }
        return Arrays.copyOf(some, count);
    }

    private int[] untilCovered(int[] candidates, int[] low, int[] high) {
        for (int i = 0; i < candidates.length; i++) {
            Box box = boxes.get(candidates[i]);
            if (box.ends() && box.covers(low, high)) {
                return Arrays.copyOf(candidates, i + 1);
            }
        }
        return candidates;
    }

    /** Null when no cut leaves fewer boxes on both of its sides. */
    private Cut bestCut(int[] held, int[] low, int[] high) {
        int[] sample = sample(held);
        long[] lows = new long[sample.length];
        long[] ends = new long[sample.length];
        Cut best = null;
        int lowest = Integer.MAX_VALUE;
        for (int dimension = 0; dimension < dimensions; dimension++) {
            for (int i = 0; i < sample.length; i++) {
                Box box = boxes.get(sample[i]);
                lows[i] = Integer.toUnsignedLong(box.low()[dimension]);
                ends[i] = Integer.toUnsignedLong(box.high()[dimension]) + 1;
            }
            long[] numbers = inside(lows, ends, low[dimension], high[dimension]);
            int step = Math.max(1, numbers.length / TRIALS);
            for (int i = step / 2; i < numbers.length; i += step) {
                int below = 0;
                int above = 0;
                for (int each = 0; each < sample.length; each++) {
                    below += lows[each] < numbers[i] ? 1 : 0;
                    above += ends[each] > numbers[i] ? 1 : 0;
                }
                int larger = Math.max(below, above);
                int cost = larger + (below + above - sample.length);
                if (larger < sample.length && cost < lowest) {
                    lowest = cost;
                    best = new Cut(dimension, numbers[i]);
                }
            }
        }
        return best;
    }

    /** The numbers at which a cut separates something, ascending. */
    private static long[] inside(long[] lows, long[] ends, int low, int high) {
        long from = Integer.toUnsignedLong(low);
        long to = Integer.toUnsignedLong(high);
        long[] numbers = new long[lows.length + ends.length];
        int count = 0;
        for (long[] some : new long[][] {lows, ends}) {
            for (long number : some) {
                if (from < number && number <= to) {
                    numbers[count++] = number;
                }
            }
        }
        Arrays.sort(numbers, 0, count);
        int distinct = 0;
        for (int i = 0; i < count; i++) {
            if (i == 0 || numbers[i] != numbers[i - 1]) {
                numbers[distinct++] = numbers[i];
            }
        }
        return Arrays.copyOf(numbers, distinct);
    }

    private static int[] sample(int[] held) {
        if (held.length <= SAMPLE) {
            return held;
        }
        return IntStream.range(0, SAMPLE)
                .map(i -> held[(int) ((long) i * held.length / SAMPLE)])
                .toArray();
    }

    private void leaf(int node, int[] held) {
        int[] distinct =
                Arrays.stream(held).map(box -> boxes.get(box).rule()).distinct().toArray();
        if (used + distinct.length + 1 > rules.length) {
            rules = Arrays.copyOf(rules, Math.max(2 * rules.length, used + distinct.length + 1));
        }
        links[node] = DecisionTree.LEAF << DecisionTree.CHILD_BITS | used;
        rules[used] = distinct.length;
        System.arraycopy(distinct, 0, rules, used + 1, distinct.length);
        used += distinct.length + 1;
        largestLeaf = Math.max(largestLeaf, distinct.length);
    }

    private int add(int count) {
        if (nodes + count > cuts.length) {
            cuts = Arrays.copyOf(cuts, 2 * cuts.length);
            links = Arrays.copyOf(links, 2 * links.length);
        }
        nodes += count;
        return nodes - count;
    }
}
