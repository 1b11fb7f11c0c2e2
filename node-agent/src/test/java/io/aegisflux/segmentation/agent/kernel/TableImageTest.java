package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.contracts.RuleTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TableImageTest {
    private static final long WORDS = Structs.offset(Structs.BANK, "word");

    @Test
    void writesAddressesInNetworkOrderWithTheirMasksAndRangesWithBothEnds() throws DatapathException {
        RuleTable table = rule("""
                {"field": "source_ip", "operator": "eq", "value": "10.1.128.0/17"},
                {"field": "dest_port", "operator": "in", "value": ["40000-50000"]}""");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bank = arena.allocate(Structs.BANK);
            TableImage.of(new Book(table, List.of(77), List.of()), BankSize.LARGEST)
                    .write(bank);

            MemorySegment space = bank.asSlice(0, Structs.SPACE.byteSize());
            assertThat(space.get(JAVA_INT, 0)).as("trees").isEqualTo(1);
            long boxAt = WORDS + 8L * space.get(JAVA_INT, Structs.offset(Structs.SPACE, "boxes"));
            MemorySegment box = bank.asSlice(boxAt, Structs.BOX4.byteSize());
            assertThat(box.asSlice(0, 8).toArray(JAVA_BYTE)).containsExactly(10, 1, 0x80, 0, 0, 0, 0, 0);
            assertThat(box.asSlice(8, 8).toArray(JAVA_BYTE)).containsExactly(0xFF, 0xFF, 0x80, 0, 0, 0, 0, 0);
            MemorySegment terms = box.asSlice(Structs.offset(Structs.BOX4, "terms"));
            assertThat(terms.get(JAVA_LONG, 0) >>> 17 & 0xFFFF).isEqualTo(40_000);
            assertThat(terms.get(JAVA_LONG, 8) >>> 17 & 0xFFFF).isEqualTo(50_000);
            assertThat(terms.get(JAVA_INT, Structs.offset(Structs.BOX_TERMS, "fate")) & 0xFFFFF)
                    .as("slot")
                    .isEqualTo(77);
            assertThat(bank.get(JAVA_INT, Structs.SPACE.byteSize()))
                    .as("trees of IPv6")
                    .isZero();
        }
    }

    @Test
    void knowsItsSizeBeforeItIsWritten() throws DatapathException {
        long one = TableImage.of(book(rule(destinations(1))), BankSize.LARGEST).bytes();
        long many =
                TableImage.of(book(rule(destinations(1_000))), BankSize.LARGEST).bytes();
        assertThat(one).isBetween(Structs.BOX4.byteSize(), 2 * Structs.BOX4.byteSize());
        assertThat(many).isGreaterThan(1_000 * Structs.BOX4.byteSize()).isLessThan(100_000);
    }

    @Test
    void refusesATableOfMoreBoxesThanABankHoldsWithBothFigures() {
        RuleTable table = rule(ports("source_port", 600) + ", " + ports("dest_port", 600));
        assertThatThrownBy(() -> TableImage.of(book(table), BankSize.LARGEST))
                .isInstanceOf(DatapathException.class)
                .hasMessage("the table needs 360000 entries for IPv4, at most 299593 fit");
    }

    @Test
    void refusesASmallerTableWhereBanksAreSmaller() {
        RuleTable table = rule(ports("source_port", 300) + ", " + ports("dest_port", 300));
        assertThatThrownBy(() -> TableImage.of(book(table), new BankSize(1 << 18)))
                .isInstanceOf(DatapathException.class)
                .hasMessage("the table needs 90000 entries for IPv4, at most 37449 fit");
    }

    @Test
    void isNotMultipliedByTheAddressesOfARule() throws DatapathException {
        RuleTable table = rule(destinations(4_000) + ", " + sources(4_000) + ", " + ports("dest_port", 600));
        assertThat(TableImage.of(book(table), BankSize.LARGEST).bytes()).isLessThan(600_000);
    }

    private static Book book(RuleTable table) {
        return new Book(table, Collections.nCopies(table.rules().size(), 0), List.of());
    }

    private static String destinations(int count) {
        return addresses("dest_ip", count);
    }

    private static String sources(int count) {
        return addresses("source_ip", count);
    }

    /** Every other address, so that no two make a prefix together. */
    private static String addresses(String field, int count) {
        return "{\"field\": \"%s\", \"operator\": \"in\", \"value\": [%s]}"
                .formatted(
                        field,
                        IntStream.range(0, count)
                                .mapToObj(i -> "\"10.0.%d.%d\"".formatted(2 * i / 256, 2 * i % 256))
                                .collect(Collectors.joining(",")));
    }

    /** Every other port, so that they make no ranges. */
    private static String ports(String field, int count) {
        return "{\"field\": \"%s\", \"operator\": \"in\", \"value\": [%s]}"
                .formatted(
                        field,
                        IntStream.range(0, count)
                                .mapToObj(i -> String.valueOf(10 + 2 * i))
                                .collect(Collectors.joining(",")));
    }

    private static RuleTable rule(String conditions) {
        return Tables.of("p", 1, """
                "priority": 1, "default_action": "none",
                "rules": [{"id": "r", "action": "deny", "priority": 1, "conditions": [%s]}]""".formatted(conditions));
    }
}
