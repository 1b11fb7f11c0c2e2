package io.aegisflux.segmentation.engine.classifier;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds in which of many segments a number of several words lies, by a tree of the nodes that {@link Classifier} has. The
 * segments stand one behind the other and leave nothing out. Each word is halved by itself; where segments begin within one
 * of its values, the tree goes on with the word below. Immutable.
 */
public final class SegmentTree {
    private final int[][] starts;
    private final int[] leaves;
    private final int firstDimension;
    private long[] nodes = new long[64];
    private int nodeCount = 1;

    /** One value or more of a word, up to the next piece: segments that begin there, or one that holds it all. */
    private record Piece(int value, int from, int to) {
        boolean isOneSegment() {
            return from == to;
        }
    }

    private SegmentTree(int[][] starts, int[] leaves, int firstDimension) {
        this.starts = starts;
        this.leaves = leaves;
        this.firstDimension = firstDimension;
        grow(0, 0, starts.length - 1, 0);
    }

    /**
     * The tree of segments.
     *
     * @param starts the words of where each begins, the highest first, ascending as unsigned numbers, from all zeros on
     * @param leaves what is to be found of each, a number of up to 28 bits
     * @param firstDimension that of the highest word, which those of the others follow
     */
    public static SegmentTree of(int[][] starts, int[] leaves, int firstDimension) {
        if (starts.length == 0 || starts.length != leaves.length) {
            throw new IllegalArgumentException("%d segments with %d leaves".formatted(starts.length, leaves.length));
        }
        return new SegmentTree(starts, leaves, firstDimension);
    }

    /** The root first; the place of a leaf is what was given for its segment. */
    public long[] nodes() {
        return Arrays.copyOf(nodes, nodeCount);
    }

    /** What is to be found of the segment of a point. */
    public int at(int... point) {
        return Node.place(Classifier.leaf(nodes, 0, point));
    }

    /**
     * Grows the tree of the segments {@code from} to {@code to}, both included: of all numbers that have the words before
     * {@code word} in common. The first of them may begin before these.
     */
    private void grow(int node, int from, int to, int word) {
        if (from == to) {
            nodes[node] = Node.leaf(leaves[from]);
            return;
        }
        List<Piece> pieces = pieces(from, to, word);
        growPieces(node, pieces, 0, pieces.size(), word);
    }

    private List<Piece> pieces(int from, int to, int word) {
        List<Piece> pieces = new ArrayList<>();
        int last = from; // the segment that holds what comes next
        int i = from + 1;
        if (Integer.toUnsignedLong(starts[i][word]) > 0) {
            pieces.add(new Piece(0, from, from));
        }
        while (i <= to) {
            int value = starts[i][word];
            int end = i;
            while (end <= to && starts[end][word] == value) {
                end++;
            }
            int first = isClean(i, word) ? i : last;
            pieces.add(new Piece(value, first, end - 1));
            last = end - 1;
            boolean hasRest = first != last && value != -1;
            if (hasRest && (end > to || starts[end][word] != value + 1)) {
                pieces.add(new Piece(value + 1, last, last));
            }
            i = end;
        }
        return pieces;
    }

    /** Whether a segment begins with a value of a word, not within it. */
    private boolean isClean(int segment, int word) {
        for (int i = word + 1; i < starts[segment].length; i++) {
            if (starts[segment][i] != 0) {
                return false;
            }
        }
        return true;
    }

    private void growPieces(int node, List<Piece> pieces, int from, int to, int word) {
        if (to - from == 1) {
            Piece piece = pieces.get(from);
            if (piece.isOneSegment()) {
                nodes[node] = Node.leaf(leaves[piece.from]);
            } else {
                grow(node, piece.from, piece.to, word + 1);
            }
            return;
        }
        int middle = (from + to) >>> 1;
        int child = addPair();
        nodes[node] = Node.cut(firstDimension + word, pieces.get(middle).value, child);
        growPieces(child, pieces, from, middle, word);
        growPieces(child + 1, pieces, middle, to, word);
    }

    private int addPair() {
        if (nodeCount + 2 > nodes.length) {
            nodes = Arrays.copyOf(nodes, 2 * nodes.length);
        }
        nodeCount += 2;
        return nodeCount - 2;
    }
}
