package io.aegisflux.segmentation.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RuleTableTest {
    private static final PolicyRef POLICY =
            new PolicyRef(new PolicyId("p"), 1, "network", 1, Mode.ENFORCE, "0".repeat(64));

    @ParameterizedTest
    @EnumSource(
            value = Action.class,
            names = {"LOG", "MARK"})
    void refusesAPostureThatDecidesNothing(Action posture) {
        assertThatIllegalArgumentException().isThrownBy(() -> new RuleTable(List.of(), List.of(), posture));
    }

    @Test
    void refusesARuleOfAPolicyThatItDoesNotName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RuleTable(List.of(POLICY), List.of(rule(1, null, 0)), Action.ALLOW))
                .withMessageContaining("names policy 1 of 1");
        assertThatIllegalArgumentException().isThrownBy(() -> rule(-1, null, 0));
    }

    @Test
    void refusesVersionsAndMarksThatCannotBe() {
        assertThatIllegalArgumentException().isThrownBy(() -> rule(0, 5, 0)).withMessageContaining("4 or 6");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rule(0, null, 0x1_0000_0000L))
                .withMessageContaining("32 bits");
        assertThat(rule(0, 6, 0xFFFF_FFFFL).mark()).isEqualTo(0xFFFF_FFFFL);
    }

    @ParameterizedTest
    @CsvSource({
        "eq, eth0, eth0, true",
        "eq, eth0, eth01, false",
        "ne, eth0, eth1, true",
        "ne, eth0, eth0, false",
        "in, eth0|eth1, eth1, true",
        "in, eth0|eth1, eth2, false",
        "not_in, eth0|eth1, eth2, true",
        "not_in, eth0|eth1, eth1, false",
        "contains, th, eth0, true",
        "contains, th, lo, false",
        "regex, eth[0-9], eth7, true",
        "regex, eth[0-9], veth7, false",
        "regex, eth[0-9], eth77, false",
    })
    void holdsAConditionOnAnInterface(String operator, String values, String name, boolean holds) {
        InterfaceMatch match = new InterfaceMatch(operator, List.of(values.split("\\|")));

        assertThat(match.matches(name)).isEqualTo(holds);
        assertThat(Wire.read(Wire.write(match), InterfaceMatch.class)).isEqualTo(match);
    }

    @ParameterizedTest
    @CsvSource({
        "gt, 1",
        "'', eth0",
        "EQ, eth0",
        "eq, a|b",
        "ne, a|b",
        "contains, a|b",
        "regex, a|b",
        "regex, (",
        "eq, ''"
    })
    void refusesAConditionOnAnInterfaceThatIsNone(String operator, String values) {
        List<String> list = values.isEmpty() ? List.of() : List.of(values.split("\\|"));

        assertThatIllegalArgumentException().isThrownBy(() -> new InterfaceMatch(operator, list));
    }

    private static TableRule rule(int policy, Integer ipVersion, long mark) {
        return new TableRule(
                policy,
                "r",
                1,
                Action.DENY,
                false,
                Direction.INGRESS,
                ipVersion,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                mark,
                null,
                null,
                null);
    }
}
