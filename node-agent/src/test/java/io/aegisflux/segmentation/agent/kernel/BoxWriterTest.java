package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.TableRule;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class BoxWriterTest {
    @Test
    void makesABoxForEachCombinationOfPrefixesAndRanges() {
        TableRule rule = rule("""
                {"field": "source_ip", "operator": "in", "value": ["10.0.0.0/8", "192.168.0.0/16", "fd00::/8"]},
                {"field": "dest_port", "operator": "in", "value": [80, 443]}""");
        assertThat(BoxWriter.count(rule, 4)).isEqualTo(4);
        assertThat(BoxWriter.count(rule, 6)).isEqualTo(2);
    }

    @Test
    void makesNoBoxForAVersionThatNoPrefixIsOf() {
        TableRule rule = rule("""
                {"field": "dest_ip", "operator": "eq", "value": "fd00::/8"}""");
        assertThat(BoxWriter.count(rule, 4)).isZero();
        assertThat(BoxWriter.count(rule, 6)).isEqualTo(1);
    }

    @Test
    void writesAddressesInNetworkOrderWithTheirMasksAndRangesWithBothEnds() {
        TableRule rule = rule("""
                {"field": "source_ip", "operator": "eq", "value": "10.1.128.0/17"},
                {"field": "dest_port", "operator": "in", "value": ["40000-50000"]}""");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bank4 = arena.allocate(Structs.BOX4, Structs.BOXES_MAX);
            MemorySegment bank6 = arena.allocate(Structs.BOX6, Structs.BOXES_MAX);
            BoxWriter writer = new BoxWriter(bank4, bank6);
            writer.write(rule, 77, 5);
            assertThat(writer.count4()).isEqualTo(1);
            assertThat(writer.count6()).isZero();
            assertThat(bank4.asSlice(0, 8).toArray(JAVA_BYTE)).containsExactly(10, 1, 0x80, 0, 0xFF, 0xFF, 0x80, 0);
            MemorySegment terms = bank4.asSlice(Structs.offset(Structs.BOX4, "terms"));
            assertThat(Short.toUnsignedInt(terms.get(JAVA_SHORT, Structs.offset(Structs.BOX_TERMS, "dport_low"))))
                    .isEqualTo(40_000);
            assertThat(Short.toUnsignedInt(terms.get(JAVA_SHORT, Structs.offset(Structs.BOX_TERMS, "dport_high"))))
                    .isEqualTo(50_000);
            assertThat(terms.get(JAVA_INT, Structs.offset(Structs.BOX_TERMS, "rule")))
                    .isEqualTo(77);
        }
    }

    private static TableRule rule(String conditions) {
        RuleTable table = Tables.of("p", 1, """
                "priority": 1, "default_action": "none",
                "rules": [{"id": "r", "action": "deny", "priority": 1, "conditions": [%s]}]""".formatted(conditions));
        return table.rules().getFirst();
    }
}
