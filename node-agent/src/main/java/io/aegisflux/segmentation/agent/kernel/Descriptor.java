package io.aegisflux.segmentation.agent.kernel;

/**
 * All of a generation that a packet must see as one, as the word that the programs read once a packet (bpf/maps.h):
 * generation 32 bits, posture deny 1, bank 1, zeros.
 *
 * @param generation unsigned, 0 before the first table
 * @param bank 0 or 1
 */
record Descriptor(long generation, boolean deniesByDefault, int bank) {
    static Descriptor of(long word) {
        return new Descriptor(word >>> 32, (word >>> 31 & 1) == 1, (int) (word >>> 30 & 1));
    }

    long word() {
        return generation << 32 | (deniesByDefault ? 1L << 31 : 0) | (long) bank << 30;
    }
}
