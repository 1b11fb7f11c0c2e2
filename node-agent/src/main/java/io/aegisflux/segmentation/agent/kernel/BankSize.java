package io.aegisflux.segmentation.agent.kernel;

import io.aegisflux.segmentation.agent.libbpf.Probes;
import java.util.function.IntPredicate;

/**
 * How large a bank of tables is. Up to Linux 5.10 a value of an array has at most 4 MiB.
 *
 * @param words of the table in a bank, a power of two
 */
record BankSize(int words) {
    static final BankSize LARGEST = new BankSize(Structs.BANK_WORDS);

    private static final int SMALLEST_WORDS = 1 << 18; // which every kernel takes
    private static final int OTHER_BYTES = Math.toIntExact(Structs.BANK.byteSize() - 8L * Structs.BANK_WORDS);

    BankSize {
        if (words < SMALLEST_WORDS || words > Structs.BANK_WORDS || Integer.bitCount(words) != 1) {
            throw new IllegalArgumentException("a bank cannot have %d words".formatted(words));
        }
    }

    /** The largest that this host's kernel takes, found by trying. */
    static BankSize ofThisKernel() {
        return largest(Probes::mmapableArray);
    }

    /** The largest that a kernel takes, which says of how many bytes a value may be. */
    static BankSize largest(IntPredicate takes) {
        BankSize size = LARGEST;
        while (size.words > SMALLEST_WORDS && !takes.test(size.valueBytes())) {
            size = new BankSize(size.words / 2);
        }
        return size;
    }

    /** That of the banks of a map, by the bytes of its values. */
    static BankSize ofValue(int valueBytes) {
        return new BankSize((valueBytes - OTHER_BYTES) / 8);
    }

    /** How much a table may take. */
    long tableBytes() {
        return 8L * words;
    }

    /** The whole of a value of the map. */
    int valueBytes() {
        return OTHER_BYTES + 8 * words;
    }
}
