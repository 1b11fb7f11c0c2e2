package io.aegisflux.segmentation.engine.classifier;

/**
 * A node of a decision tree in one number, as the kernel's programs read it: in the upper half 4 bits of dimension and 28
 * bits of place, in the lower half where it cuts. Points below the cut go on at the place, the others at the one behind it.
 * A leaf has no dimension ({@link #LEAF}); its place is where its run of rules begins.
 */
public final class Node {
    /** The most dimensions that boxes may have. */
    static final int DIMENSIONS = 14;

    /** Stands for the dimension of a leaf. */
    static final int LEAF = 15;

    private static final int PLACE_BITS = 28;
    private static final int PLACE_MASK = (1 << PLACE_BITS) - 1;

    private Node() {}

    static long cut(int dimension, int at, int place) {
        return (long) (dimension << PLACE_BITS | place) << 32 | Integer.toUnsignedLong(at);
    }

    static long leaf(int place) {
        return cut(LEAF, 0, place);
    }

    public static boolean isLeaf(long node) {
        return dimension(node) == LEAF;
    }

    static int dimension(long node) {
        return (int) (node >>> 32 + PLACE_BITS);
    }

    static int place(long node) {
        return (int) (node >>> 32) & PLACE_MASK;
    }

    static int at(long node) {
        return (int) node;
    }

    /** The same node where all that it points to stands this much further. */
    public static long moved(long node, int by) {
        return node + ((long) by << 32);
    }
}
