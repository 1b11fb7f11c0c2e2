package io.aegisflux.segmentation.agent.kernel;

import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.TableRule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives rules their counters' slots. A rule keeps its slot as long as tables name it, so its counters survive updates;
 * a slot that fell free is given away as late as possible, so that what still speaks of its old rule is not taken for
 * the new one's.
 */
final class Slots {
    private int next;

    /** Goes on behind the slots that are in use. */
    Slots(Book inForce) {
        next = inForce.slots().stream().mapToInt(slot -> slot + 1).max().orElse(0);
    }

    /**
     * @param slots of the rules of a table, in their order; {@link Book#NO_SLOT} for what has expired
     * @param fresh those that had another rule before or none: their counters are to start at 0
     */
    record Assignment(List<Integer> slots, List<Integer> fresh) {}

    /**
     * Assigns a slot to each rule that has not expired.
     *
     * @throws DatapathException when there are more rules than slots
     */
    Assignment assign(RuleTable table, Book inForce, Instant now) throws DatapathException {
        Names known = new Names(inForce);
        BitSet used = new BitSet(Structs.RULES_MAX);
        inForce.slots().stream().filter(slot -> slot != Book.NO_SLOT).forEach(used::set);
        Map<Book.Name, Integer> added = new HashMap<>();
        List<Integer> slots = new ArrayList<>(table.rules().size());
        List<Integer> fresh = new ArrayList<>();
        for (TableRule rule : table.rules()) {
            if (rule.expiresAt() != null && !now.isBefore(rule.expiresAt())) {
                slots.add(Book.NO_SLOT);
                continue;
            }
            Book.Name name = Book.Name.of(table, rule);
            Integer slot = known.slot(name);
            if (slot == null) {
                slot = added.get(name);
            }
            if (slot == null) {
                slot = free(used, table);
                added.put(name, slot); // a rule that was lowered to several counts as one
                fresh.add(slot);
            }
            slots.add(slot);
        }
        return new Assignment(slots, fresh);
    }

    /** Finds the slots of a book by names that come mostly in its order, so that a table of few changes costs little. */
    private static final class Names {
        private static final int NEAR = 8;
        private static final int SCANS = 16;

        private final Book book;
        private Map<Book.Name, Integer> all;
        private int at;
        private int scans;

        Names(Book book) {
            this.book = book;
        }

        /** Null when no rule in the kernel is called so. */
        Integer slot(Book.Name name) {
            Integer near = find(name, at, Math.min(at + NEAR, book.slots().size()));
            if (near != null) {
                return near;
            }
            if (all == null && scans++ < SCANS) {
                return find(name, 0, book.slots().size());
            }
            if (all == null) {
                all = book.slotsByName();
            }
            return all.get(name);
        }

        private Integer find(Book.Name name, int from, int to) {
            for (int i = from; i < to; i++) {
                TableRule rule = book.table().rules().get(i);
                if (rule.ruleId().equals(name.rule())
                        && book.policy(rule).id().value().equals(name.policy())
                        && book.slots().get(i) != Book.NO_SLOT) {
                    at = i + 1;
                    return book.slots().get(i);
                }
            }
            return null;
        }
    }

    private int free(BitSet used, RuleTable table) throws DatapathException {
        int slot = used.nextClearBit(next % Structs.RULES_MAX);
        if (slot >= Structs.RULES_MAX) {
            slot = used.nextClearBit(0);
        }
        if (slot >= Structs.RULES_MAX) {
            throw new DatapathException(
                    "%d rules have no room for their counters: the table in force and the next may name %d together"
                            .formatted(table.rules().size(), Structs.RULES_MAX),
                    "",
                    null);
        }
        used.set(slot);
        next = slot + 1;
        return slot;
    }
}
