package io.aegisflux.segmentation.agent.kernel;

import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.TableRule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
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
        Map<Book.Name, Integer> known = inForce.slotsByName();
        BitSet used = new BitSet(Structs.RULES_MAX);
        known.values().forEach(used::set);
        List<Integer> slots = new ArrayList<>(table.rules().size());
        List<Integer> fresh = new ArrayList<>();
        for (TableRule rule : table.rules()) {
            if (rule.expiresAt() != null && !now.isBefore(rule.expiresAt())) {
                slots.add(Book.NO_SLOT);
                continue;
            }
            Book.Name name = Book.Name.of(table, rule);
            Integer slot = known.get(name);
            if (slot == null) {
                slot = free(used, table);
                known.put(name, slot); // a rule that was lowered to several counts as one
                fresh.add(slot);
            }
            slots.add(slot);
        }
        return new Assignment(slots, fresh);
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
