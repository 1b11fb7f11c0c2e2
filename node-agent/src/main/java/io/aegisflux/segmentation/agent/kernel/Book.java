package io.aegisflux.segmentation.agent.kernel;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.PolicyRef;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.TableRule;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The names behind the numbers of a generation. Immutable. */
final class Book {
    static final int NO_SLOT = -1;
    static final Book EMPTY = new Book(RuleTable.EMPTY, List.of(), List.of());

    private final RuleTable table;
    private final List<Integer> slots;
    private final List<String> interfaces;
    private final int[] ruleOfSlot;

    /**
     * @param table in force, its expired rules among it
     * @param slots of the table's rules in their order; {@link #NO_SLOT} for a rule that is not in the kernel
     * @param interfaces by the bit that stands for them in boxes
     * @throws IllegalArgumentException when they do not fit together
     */
    Book(RuleTable table, List<Integer> slots, List<String> interfaces) {
        this.table = requireNonNull(table, "table is null");
        this.slots = List.copyOf(slots);
        this.interfaces = List.copyOf(interfaces);
        if (slots.size() != table.rules().size()) {
            throw new IllegalArgumentException("%d slots for %d rules"
                    .formatted(slots.size(), table.rules().size()));
        }
        this.ruleOfSlot =
                new int[this.slots.stream().mapToInt(slot -> slot).max().orElse(NO_SLOT) + 1];
        Arrays.fill(ruleOfSlot, NO_SLOT);
        for (int i = this.slots.size() - 1; i >= 0; i--) {
            int slot = this.slots.get(i);
            if (slot < NO_SLOT || slot >= Structs.RULES_MAX) {
                throw new IllegalArgumentException("no slot has the number " + slot);
            }
            if (slot != NO_SLOT) {
                ruleOfSlot[slot] = i;
            }
        }
    }

    /** What a rule is called as long as it lives, whatever its policy's version. */
    record Name(String policy, String rule) {
        static Name of(RuleTable table, TableRule rule) {
            return new Name(table.policies().get(rule.policy()).id().value(), rule.ruleId());
        }
    }

    RuleTable table() {
        return table;
    }

    List<Integer> slots() {
        return slots;
    }

    List<String> interfaces() {
        return interfaces;
    }

    /** The rule that counts in a slot. */
    Optional<TableRule> rule(int slot) {
        return slot < 0 || slot >= ruleOfSlot.length || ruleOfSlot[slot] == NO_SLOT
                ? Optional.empty()
                : Optional.of(table.rules().get(ruleOfSlot[slot]));
    }

    PolicyRef policy(TableRule rule) {
        return table.policies().get(rule.policy());
    }

    /** Slot by name, of the rules in the kernel. */
    Map<Name, Integer> slotsByName() {
        Map<Name, Integer> byName = new HashMap<>();
        for (int i = 0; i < slots.size(); i++) {
            if (slots.get(i) != NO_SLOT) {
                byName.put(Name.of(table, table.rules().get(i)), slots.get(i));
            }
        }
        return byName;
    }
}
