package io.aegisflux.segmentation.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.TableRule;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SlotsTest {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

    @Test
    void aRuleKeepsItsSlotThroughEveryTableThatNamesIt() throws DatapathException {
        Slots slots = new Slots(Book.EMPTY);
        Book first = book(slots, Book.EMPTY, table("a", "b", "c"));
        Book second = book(slots, first, table("c", "d", "a"));
        assertThat(second.slotsByName())
                .containsEntry(new Book.Name("p", "a"), first.slotsByName().get(new Book.Name("p", "a")))
                .containsEntry(new Book.Name("p", "c"), first.slotsByName().get(new Book.Name("p", "c")));
        assertThat(slots.assign(table("a", "e"), second, NOW).fresh()).hasSize(1);
    }

    @Test
    void aSlotThatFellFreeIsNotGivenAwayAtOnce() throws DatapathException {
        Slots slots = new Slots(Book.EMPTY);
        Book first = book(slots, Book.EMPTY, table("a"));
        Book second = book(slots, first, table("b"));
        Book third = book(slots, second, table("c"));
        assertThat(List.of(
                        first.slots().getFirst(),
                        second.slots().getFirst(),
                        third.slots().getFirst()))
                .doesNotHaveDuplicates();
    }

    @Test
    void goesOnBehindTheSlotsThatWereFoundInForce() throws DatapathException {
        Book found = new Book(table("a"), List.of(41), List.of());
        Slots.Assignment assigned = new Slots(found).assign(table("b"), found, NOW);
        assertThat(assigned.slots()).containsExactly(42);
        assertThat(assigned.fresh()).containsExactly(42);
    }

    @Test
    void comesAroundToTheFirstSlotsWhenTheLastIsGiven() throws DatapathException {
        Book found = new Book(table("a"), List.of(Structs.RULES_MAX - 1), List.of());
        assertThat(new Slots(found).assign(table("b"), found, NOW).slots()).containsExactly(0);
    }

    @Test
    void aRuleThatHasExpiredNeedsNoSlot() throws DatapathException {
        RuleTable table = Tables.of("p", 1, """
                "priority": 1, "default_action": "none", "rules": [
                  {"id": "gone", "action": "deny", "priority": 1, "expires_at": "2026-06-01T12:00:00Z", "conditions": []},
                  {"id": "here", "action": "deny", "priority": 2, "expires_at": "2026-06-01T12:00:01Z", "conditions": []}]""");
        assertThat(new Slots(Book.EMPTY).assign(table, Book.EMPTY, NOW).slots()).containsExactly(Book.NO_SLOT, 0);
    }

    @Test
    void refusesMoreRulesThanThereAreSlots() throws DatapathException {
        Slots slots = new Slots(Book.EMPTY);
        Book full = book(slots, Book.EMPTY, table(names(Structs.RULES_MAX, "a")));
        assertThatThrownBy(() -> slots.assign(table("one-more"), full, NOW))
                .isInstanceOf(DatapathException.class)
                .hasMessageContaining(Integer.toString(Structs.RULES_MAX));
    }

    private static String[] names(int count, String prefix) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toArray(String[]::new);
    }

    private static Book book(Slots slots, Book inForce, RuleTable table) throws DatapathException {
        return new Book(table, slots.assign(table, inForce, NOW).slots(), List.of());
    }

    private static RuleTable table(String... rules) {
        RuleTable one = Tables.of("p", 1, """
                "priority": 1, "default_action": "none",
                "rules": [{"id": "r", "action": "deny", "priority": 1, "conditions": []}]""");
        return new RuleTable(
                one.policies(),
                List.of(rules).stream()
                        .map(id -> named(one.rules().getFirst(), id))
                        .collect(Collectors.toList()),
                one.posture());
    }

    private static TableRule named(TableRule rule, String id) {
        return rule.with(rule.policy(), id, rule.action(), rule.audit());
    }
}
