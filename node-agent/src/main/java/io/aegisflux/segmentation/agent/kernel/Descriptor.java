package io.aegisflux.segmentation.agent.kernel;

/**
 * All of a generation that a packet must see as one, as the word that the programs read once a packet (bpf/maps.h):
 * generation 32 bits, posture deny 1, bank 1, boxes of IPv6 15, boxes of IPv4 15.
 *
 * @param generation unsigned, 0 before the first table
 * @param bank 0 or 1
 */
record Descriptor(long generation, boolean deniesByDefault, int bank, int boxes6, int boxes4) {
    private static final int COUNT_BITS = 15;
    private static final int COUNT_MASK = (1 << COUNT_BITS) - 1;

    static Descriptor of(long word) {
        return new Descriptor(
                word >>> 32,
                (word >>> 31 & 1) == 1,
                (int) (word >>> 30 & 1),
                (int) (word >>> COUNT_BITS) & COUNT_MASK,
                (int) word & COUNT_MASK);
    }

    long word() {
        return generation << 32
                | (deniesByDefault ? 1L << 31 : 0)
                | (long) bank << 30
                | (long) boxes6 << COUNT_BITS
                | boxes4;
    }
}
