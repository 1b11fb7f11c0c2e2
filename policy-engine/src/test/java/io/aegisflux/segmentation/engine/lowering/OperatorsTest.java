package io.aegisflux.segmentation.engine.lowering;

import static io.aegisflux.segmentation.engine.Documents.policy;
import static io.aegisflux.segmentation.engine.Documents.refused;
import static io.aegisflux.segmentation.engine.Documents.rule;
import static io.aegisflux.segmentation.engine.Documents.version1;
import static io.aegisflux.segmentation.engine.Documents.when;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.engine.language.Field;
import io.aegisflux.segmentation.engine.language.Operator;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What each operator makes of each field, and that all other pairs are refused. */
class OperatorsTest {
    /** Field | operator | value | what the lowered rule asks, beside the ingress direction of a rule that says nothing. */
    private static final String LOWERED = """
            protocol | eq | "tcp" | {"protocols":["6"]}
            protocol | ne | "icmpv6" | {"protocols":["0-57","59-255"]}
            protocol | in | ["tcp", 17, "sctp", "icmp"] | {"protocols":["1","6","17","132"]}
            protocol | not_in | [0, 1, 255] | {"protocols":["2-254"]}
            ip_version | eq | 6 | {"ip_version":6}
            ip_version | ne | 6 | {"ip_version":4}
            ip_version | in | [4, 6] | {}
            ip_version | not_in | [4] | {"ip_version":6}
            source_ip | eq | "10.0.0.0/8" | {"ip_version":4,"sources":["10.0.0.0/8"]}
            source_ip | ne | "128.0.0.0/1" | {"sources":["0.0.0.0/1","::/0"]}
            source_ip | in | ["10.0.0.1-10.0.0.4", "fd00::/8"] | {"sources":["10.0.0.1/32","10.0.0.2/31","10.0.0.4/32","fd00::/8"]}
            source_ip | not_in | ["0.0.0.0-127.255.255.255", "::/1"] | {"sources":["128.0.0.0/1","8000::/1"]}
            dest_ip | eq | "fd00::1" | {"ip_version":6,"destinations":["fd00::1/128"]}
            dest_ip | ne | "8000::/1" | {"destinations":["0.0.0.0/0","::/1"]}
            dest_ip | in | ["10.0.0.2", "10.0.0.3", "10.0.0.0/31"] | {"ip_version":4,"destinations":["10.0.0.0/30"]}
            dest_ip | not_in | ["0.0.0.0/0", "8000::/1"] | {"ip_version":6,"destinations":["::/1"]}
            source_port | eq | 80 | {"source_ports":["80"]}
            source_port | ne | 80 | {"source_ports":["0-79","81-65535"]}
            source_port | gt | 80 | {"source_ports":["81-65535"]}
            source_port | lt | 80 | {"source_ports":["0-79"]}
            source_port | gte | 80 | {"source_ports":["80-65535"]}
            source_port | lte | 80 | {"source_ports":["0-80"]}
            source_port | in | [1, 3, "2-5", 7] | {"source_ports":["1-5","7"]}
            source_port | not_in | [0, "10-65535"] | {"source_ports":["1-9"]}
            dest_port | eq | "8000-8099" | {"dest_ports":["8000-8099"]}
            dest_port | ne | "1-65535" | {"dest_ports":["0"]}
            dest_port | gt | 65534 | {"dest_ports":["65535"]}
            dest_port | lt | 1 | {"dest_ports":["0"]}
            dest_port | gte | 0 | {"dest_ports":["0-65535"]}
            dest_port | lte | 65535 | {"dest_ports":["0-65535"]}
            dest_port | in | [443, 80, 80] | {"dest_ports":["80","443"]}
            dest_port | not_in | [80, 443] | {"dest_ports":["0-79","81-442","444-65535"]}
            icmp_type | eq | 8 | {"icmp_types":["8"]}
            icmp_type | ne | "0-254" | {"icmp_types":["255"]}
            icmp_type | gt | 254 | {"icmp_types":["255"]}
            icmp_type | lt | 1 | {"icmp_types":["0"]}
            icmp_type | gte | 128 | {"icmp_types":["128-255"]}
            icmp_type | lte | 0 | {"icmp_types":["0"]}
            icmp_type | in | [0, "8-9", 10] | {"icmp_types":["0","8-10"]}
            icmp_type | not_in | ["1-255"] | {"icmp_types":["0"]}
            icmp_code | eq | 0 | {"icmp_codes":["0"]}
            icmp_code | ne | 0 | {"icmp_codes":["1-255"]}
            icmp_code | gt | 3 | {"icmp_codes":["4-255"]}
            icmp_code | lt | 3 | {"icmp_codes":["0-2"]}
            icmp_code | gte | 3 | {"icmp_codes":["3-255"]}
            icmp_code | lte | 3 | {"icmp_codes":["0-3"]}
            icmp_code | in | [255] | {"icmp_codes":["255"]}
            icmp_code | not_in | ["2-253"] | {"icmp_codes":["0-1","254-255"]}
            direction | eq | "egress" | {"direction":"egress"}
            direction | ne | "egress" | {}
            direction | in | ["ingress", "egress"] | {"direction":"both"}
            direction | not_in | ["ingress"] | {"direction":"egress"}
            interface | eq | "eth0" | {"interfaces":[{"operator":"eq","values":["eth0"]}]}
            interface | ne | "eth0" | {"interfaces":[{"operator":"ne","values":["eth0"]}]}
            interface | in | ["eth0", "lo"] | {"interfaces":[{"operator":"in","values":["eth0","lo"]}]}
            interface | not_in | ["eth0", "lo"] | {"interfaces":[{"operator":"not_in","values":["eth0","lo"]}]}
            interface | contains | "th" | {"interfaces":[{"operator":"contains","values":["th"]}]}
            interface | regex | "v?eth[0-9]+" | {"interfaces":[{"operator":"regex","values":["v?eth[0-9]+"]}]}
            source.label.app | eq | "web" | {"sources":["10.0.0.1/32","fd00::1/128"]}
            source.label.app | ne | "web" | {"ip_version":4,"sources":["10.0.0.2/32"]}
            source.label.app | in | ["web", "db", "api"] | {"sources":["10.0.0.1/32","10.0.0.2/32","fd00::1/128"]}
            source.label.app | not_in | ["api", "db"] | {"sources":["10.0.0.1/32","fd00::1/128"]}
            source.label.app | contains | "p" | {"ip_version":4,"sources":["10.0.0.2/32"]}
            source.label.app | regex | "w.b" | {"sources":["10.0.0.1/32","fd00::1/128"]}
            dest.label.app | eq | "api" | {"ip_version":4,"destinations":["10.0.0.2/32"]}
            dest.label.app | ne | "db" | {"destinations":["10.0.0.1/32","10.0.0.2/32","fd00::1/128"]}
            dest.label.app | in | ["db"] | null
            dest.label.app | not_in | ["web"] | {"ip_version":4,"destinations":["10.0.0.2/32"]}
            dest.label.app | contains | "e" | {"destinations":["10.0.0.1/32","fd00::1/128"]}
            dest.label.app | regex | "[a-z]{2}" | null
            """;

    /** The third has no label app, so no condition on it ever holds for its address. */
    private static final List<Workload> WORKLOADS = List.of(
            new Workload("web", Map.of("app", "web"), List.of("10.0.0.1", "fd00::1")),
            new Workload("api", Map.of("app", "api"), List.of("10.0.0.2")),
            new Workload("other", Map.of("tier", "web"), List.of("10.0.0.3")));

    private record Row(String field, String operator, String value, String asked) {
        static Row of(String line) {
            String[] cells = line.split(" \\| ", 4);
            return new Row(cells[0], cells[1], cells[2], cells[3]);
        }

        @Override
        public String toString() {
            return field + " " + operator + " " + value;
        }
    }

    static Stream<Row> rows() {
        return LOWERED.lines().map(Row::of);
    }

    static Stream<Arguments> otherPairs() {
        return Arrays.stream(Field.values())
                .flatMap(field -> Arrays.stream(Operator.values())
                        .filter(operator -> !field.operators().contains(operator))
                        .map(operator -> Arguments.of(field, operator)));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void isLoweredAsItSays(Row row) {
        String document = policy("p", 1, "", rule("r", "deny", 1, "", when(row.field(), row.operator(), row.value())));
        List<TableRule> rules = Lowering.lower(
                        List.of(version1(document)), new HostView(new HostId("h"), Map.of(), Action.ALLOW), WORKLOADS)
                .rules();

        if (row.asked().equals("null")) {
            assertThat(rules).as("nothing has the label").isEmpty();
        } else {
            assertThat(asked(rules.getFirst())).isEqualTo(Wire.read(row.asked().getBytes(UTF_8), JsonNode.class));
        }
    }

    @Test
    void noPairOfTheTableIsLeftOut() {
        List<String> pairs = Arrays.stream(Field.values())
                .flatMap(field ->
                        field.operators().stream().map(it -> field.word().replace("*", "app") + " " + it.word()))
                .toList();

        assertThat(rows().map(row -> row.field() + " " + row.operator())).containsExactlyElementsOf(pairs);
    }

    @ParameterizedTest
    @MethodSource("otherPairs")
    void everyOtherPairIsRefusedWithTheOperatorsThatGo(Field field, Operator operator) {
        String written = field.word().replace("*", "app");
        String document = policy("p", 1, "", rule("r", "deny", 1, "", when(written, operator.word(), "1")));
        String going =
                String.join(", ", field.operators().stream().map(Operator::word).toList());

        assertThat(refused(document))
                .containsExactly(new Violation(
                        "/rules/0/conditions/0/operator",
                        "the operator %s does not go with %s".formatted(operator.word(), field.word()),
                        "write one of " + going));
    }

    private static JsonNode asked(TableRule rule) {
        ObjectNode asked = Wire.mapper().valueToTree(rule);
        asked.remove(List.of("policy", "rule_id", "priority", "action", "audit", "mark"));
        if (asked.get("direction").asText().equals("ingress")) {
            asked.remove("direction");
        }
        return asked;
    }
}
