package io.aegisflux.segmentation.agent.kernel;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.engine.space.AddressSets;
import java.util.BitSet;
import java.util.List;

/**
 * A table whose trees stand in the banks, with where its boxes are. Tables that differ little from it need no trees of their
 * own: {@link TableEdit}. Immutable.
 *
 * @param book what the trees were grown for
 * @param words how many the table takes in a bank
 * @param spaces of IPv4 and IPv6
 */
record GrownTable(Book book, int words, List<Space> spaces) {
    GrownTable {
        requireNonNull(book, "book is null");
        spaces = List.copyOf(spaces);
    }

    /**
     * The boxes of one IP version.
     *
     * @param hasTrees false when there are no boxes
     * @param boxesAt where they begin in the bank, in words
     * @param firstOfRule the number of the first box of each rule, and behind the last rule the count of all; empty when
     *     there are none
     * @param hiding boxes because of which others are left out in leaves: they cannot be taken away
     * @param sets that boxes may ask for
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Space(boolean hasTrees, int boxesAt, int[] firstOfRule, BitSet hiding, AddressSets sets) {
        int firstBox(int rule) {
            return hasTrees ? firstOfRule[rule] : 0;
        }

        boolean hides(int rule) {
            int next = hiding.nextSetBit(firstBox(rule));
            return hasTrees && next >= 0 && next < firstOfRule[rule + 1];
        }
    }

    TableRule rule(int index) {
        return book.table().rules().get(index);
    }
}
