package io.aegisflux.segmentation.engine.lowering;

import static io.aegisflux.segmentation.engine.Documents.policy;
import static io.aegisflux.segmentation.engine.Documents.rule;
import static io.aegisflux.segmentation.engine.Documents.version1;
import static io.aegisflux.segmentation.engine.Documents.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.InterfaceMatch;
import io.aegisflux.segmentation.contracts.NumberRange;
import io.aegisflux.segmentation.contracts.PolicyRef;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.engine.Documents;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoweringTest {
    private static final String PORT_80 = when("dest_port", "eq", "80");

    @Test
    void considersLowerPrioritiesFirstThenDenyBeforeAllowThenById() {
        RuleTable table = lower(
                policy("b", 1, "", rule("x", "allow", 2, ""), rule("w", "deny", 2, ""), rule("v", "allow", 1, "")),
                policy("a", 1, "", rule("z", "deny", 2, ""), rule("y", "deny", 2, ""), rule("u", "log", 2, "")),
                policy("c", 0, "", rule("last", "deny", 1_000_000, "")));

        assertThat(rules(table))
                .containsExactly("c/last", "b/v", "a/u", "a/y", "a/z", "b/w", "b/x", "b/default-action");
        assertThat(table.policies()).extracting(ref -> ref.id().value()).containsExactly("c", "a", "b");
    }

    @Test
    void placesDefaultActionsBehindAllRulesOrderedAsTheirPoliciesAre() {
        RuleTable table = lower(
                policy("late", 9, "\"default_action\": \"deny\",", rule("r", "allow", 1_000_000, "")),
                policy("open", 1, "\"default_action\": \"allow\","),
                policy("shut", 1, "\"default_action\": \"deny\","),
                policy("silent", 0, "\"default_action\": \"none\",", rule("r", "allow", 1, "")));

        assertThat(rules(table))
                .containsExactly(
                        "silent/r", "late/r", "shut/default-action", "open/default-action", "late/default-action");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "''                            | allow        | ''                    | deny",
                "''                            | deny         | ''                    | none",
                "''                            | log          | ''                    | none",
                "''                            | allow        | '\"enabled\": false,' | none",
                "'\"default_action\": \"none\",'  | allow        | ''                    | none",
                "'\"default_action\": \"allow\",' | deny         | ''                    | allow",
                "'\"default_action\": \"deny\",'  | deny         | ''                    | deny",
            },
            delimiter = '|')
    void anAllowListImpliesADenyUnlessItSaysOtherwise(String members, String action, String ofRule, String wanted) {
        RuleTable table = lower(policy("p", 1, members, rule("r", action, 1, ofRule, PORT_80)));
        TableRule last = table.rules().isEmpty() ? null : table.rules().getLast();

        if (wanted == null) {
            assertThat(table.rules()).noneMatch(TableRule::isDefault);
        } else {
            assertThat(last.isDefault()).isTrue();
            assertThat(last.action().wireName()).isEqualTo(wanted);
            assertThat(last.destPorts()).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // policy, rule → rule, default
                "''                              | ''                              | INGRESS | INGRESS",
                "'\"direction\": \"egress\",'     | ''                              | EGRESS  | EGRESS",
                "'\"direction\": \"both\",'       | ''                              | BOTH    | BOTH",
                "'\"direction\": \"both\",'       | '\"direction\": \"egress\",'     | EGRESS  | BOTH",
                "''                              | '\"direction\": \"egress\",'     | EGRESS  | EGRESS",
                "''                              | '\"direction\": \"both\",'       | BOTH    | BOTH",
                "'\"direction\": \"ingress\",'    | '\"direction\": \"both\",'       | INGRESS | INGRESS",
            })
    void aRuleSeesItsOwnDirectionWithinItsPolicys(String ofPolicy, String ofRule, Direction rule, Direction otherwise) {
        RuleTable table = lower(policy("p", 1, ofPolicy, rule("r", "allow", 1, ofRule, PORT_80)));

        assertThat(table.rules()).extracting(TableRule::direction).containsExactly(rule, otherwise);
    }

    @Test
    void carriesAuditOfPolicyAndRuleAndOfTheDefaultThatTheyImply() {
        String audit = "\"mode\": \"audit\",";

        assertThat(lower(policy("p", 1, audit, rule("r", "allow", 1, ""))).rules())
                .extracting(TableRule::audit)
                .containsExactly(true, true);
        assertThat(lower(policy("p", 1, "", rule("r", "allow", 1, audit))).rules())
                .extracting(TableRule::audit)
                .containsExactly(true, true);
        assertThat(lower(policy("p", 1, "", rule("r", "allow", 1, audit), rule("s", "allow", 2, "")))
                        .rules())
                .extracting(TableRule::audit)
                .containsExactly(true, false, false);
        assertThat(lower(policy("p", 1, audit, rule("r", "deny", 1, "\"mode\": \"enforce\",")))
                        .rules())
                .extracting(TableRule::audit)
                .as("a rule cannot be more in earnest than its policy")
                .containsExactly(true);
    }

    @Test
    void expiresARuleWhenItOrItsPolicyDoesWhicheverIsFirst() {
        String early = "\"expires_at\": \"2027-01-01T00:00:00Z\",";
        String late = "\"expires_at\": \"2028-01-01T00:00:00+01:00\",";

        assertThat(lower(policy("p", 1, late, rule("r", "allow", 1, early))).rules())
                .extracting(TableRule::expiresAt)
                .containsExactly(Instant.parse("2027-01-01T00:00:00Z"), Instant.parse("2027-12-31T23:00:00Z"));
        assertThat(lower(policy("p", 1, early, rule("r", "deny", 1, late))).rules())
                .extracting(TableRule::expiresAt)
                .containsExactly(Instant.parse("2027-01-01T00:00:00Z"));
        assertThat(lower(policy("p", 1, "", rule("r", "deny", 1, ""))).rules())
                .extracting(TableRule::expiresAt)
                .containsOnlyNulls();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                                     | true",
                "{\"hosts\": [\"host-a\"]}                              | true",
                "{\"hosts\": [\"host-b\"]}                              | false",
                "{\"hosts\": [\"x\", \"h?st-*\"]}                       | true",
                "{\"hosts\": [\"host\"]}                                | false",
                "{\"labels\": {}}                                       | true",
                "{\"labels\": {\"env\": \"prod\"}}                      | true",
                "{\"labels\": {\"env\": \"dev\"}}                       | false",
                "{\"labels\": {\"env\": \"prod\", \"rack\": \"1\"}}     | false",
                "{\"hosts\": [\"*\"], \"labels\": {\"env\": \"dev\"}}   | false",
            })
    void appliesToTheHostsItNamesThatHaveAllItsLabels(String appliesTo, boolean applies) {
        RuleTable table = lower(policy("p", 1, "\"applies_to\": %s,".formatted(appliesTo), rule("r", "allow", 1, "")));

        assertThat(table.policies()).hasSize(applies ? 1 : 0);
        assertThat(table.rules()).hasSize(applies ? 2 : 0);
    }

    @Test
    void asksTheInterfaceOfEveryRuleAndOfTheDefaultWhereThePolicyNamesInterfaces() {
        String members = "\"applies_to\": {\"interfaces\": [\"eth0\", \"lo\"]},";
        String globs = "\"applies_to\": {\"interfaces\": [\"eth*\", \"v?th.1\"]},";
        String condition = when("interface", "ne", "\"eth1\"");

        assertThat(lower(policy("p", 1, members, rule("r", "allow", 1, "", condition)))
                        .rules())
                .extracting(TableRule::interfaces)
                .containsExactly(
                        List.of(
                                new InterfaceMatch("in", List.of("eth0", "lo")),
                                new InterfaceMatch("ne", List.of("eth1"))),
                        List.of(new InterfaceMatch("in", List.of("eth0", "lo"))));
        assertThat(lower(policy("p", 1, globs, rule("r", "deny", 1, "")))
                        .rules()
                        .getFirst()
                        .interfaces())
                .containsExactly(new InterfaceMatch("regex", List.of("eth.*|v.th\\.1")));
    }

    @Test
    void leavesOutWhatIsDisabled() {
        RuleTable table = lower(
                policy("off", 1, "\"enabled\": false,", rule("r", "deny", 1, "")),
                policy("on", 2, "", rule("off", "deny", 1, "\"enabled\": false,"), rule("on", "deny", 2, "")));

        assertThat(rules(table)).containsExactly("on/on");
        assertThat(table.policies()).hasSize(1);
    }

    @Test
    void intersectsTheConditionsOfOneField() {
        TableRule rule = only(
                when("source_ip", "eq", "\"10.0.0.0/8\""),
                when("source_ip", "not_in", "[\"10.0.0.0/9\", \"fd00::/8\"]"),
                when("dest_port", "gte", "1024"),
                when("dest_port", "lt", "2048"),
                when("dest_port", "ne", "1500"));

        assertThat(rule.ipVersion()).isEqualTo(4);
        assertThat(rule.sources()).containsExactly(Prefix.parse("10.128.0.0/9"));
        assertThat(rule.destPorts()).containsExactly(new NumberRange(1024, 1499), new NumberRange(1501, 2047));
    }

    @Test
    void knowsWhichProtocolsHavePortsAndWhichHaveTypes() {
        assertThat(only(when("protocol", "ne", "\"udp\""), PORT_80).protocols())
                .containsExactly(new NumberRange(6, 6), new NumberRange(132, 132));
        assertThat(only(when("protocol", "not_in", "[47]"), when("icmp_type", "eq", "8"))
                        .protocols())
                .containsExactly(new NumberRange(1, 1), new NumberRange(58, 58));
        assertThat(only(PORT_80).protocols()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "protocol|icmp|dest_port|80",
                "protocol|tcp|icmp_type|8",
                "dest_port|80|icmp_type|8",
                "dest_port|80|dest_port|81",
                "ip_version|4|source_ip|fd00::/8",
                "source_ip|10.0.0.0/8|dest_ip|fd00::/8",
                "source_ip|10.0.0.0/8|source_ip|11.0.0.0/8",
            })
    void leavesOutARuleThatNoPacketCanMatch(String field, String value, String other, String otherValue) {
        RuleTable table = lower(policy(
                "p",
                1,
                "",
                rule("r", "deny", 1, "", when(field, "eq", json(value)), when(other, "eq", json(otherValue)))));

        assertThat(table.rules()).isEmpty();
        assertThat(table.policies()).as("the policy still applies").hasSize(1);
    }

    @Test
    void aLabelMeansTheAddressesOfAllWorkloadsThatHaveIt() {
        List<Workload> workloads = List.of(
                new Workload("a", Map.of("app", "web", "tier", "front"), List.of("10.0.0.0", "fd00::1")),
                new Workload("b", Map.of("app", "web"), List.of("10.0.0.1")),
                new Workload("c", Map.of("app", "db"), List.of("10.0.0.1", "10.0.0.2")));

        assertThat(labelled("eq", "\"web\"", workloads))
                .as("neighbours become one prefix")
                .containsExactly(Prefix.parse("10.0.0.0/31"), Prefix.parse("fd00::1"));
        assertThat(labelled("ne", "\"db\"", workloads))
                .as("an address that is web and db is not without db")
                .containsExactly(Prefix.parse("10.0.0.0"), Prefix.parse("fd00::1"));
        assertThat(labelled("not_in", "[\"x\"]", workloads))
                .containsExactly(Prefix.parse("10.0.0.0/31"), Prefix.parse("10.0.0.2"), Prefix.parse("fd00::1"));
    }

    @Test
    void carriesTheMarkThePostureAndTheVersions() {
        VersionedPolicy policy = new VersionedPolicy(
                Documents.accepted(
                        policy("p", 7, "\"mode\": \"audit\",", rule("m", "mark", 3, "\"mark\": 4294967295,"))),
                12,
                "ab".repeat(32));
        RuleTable table =
                Lowering.lower(List.of(policy), new HostView(new HostId("host-a"), Map.of(), Action.DENY), List.of());

        assertThat(table.posture()).isEqualTo(Action.DENY);
        assertThat(table.rules().getFirst().mark()).isEqualTo(4_294_967_295L);
        assertThat(table.rules().getFirst().priority()).isEqualTo(3);
        assertThat(table.policies())
                .containsExactly(new PolicyRef(
                        policy.policy().id(),
                        12,
                        "network",
                        7,
                        io.aegisflux.segmentation.contracts.Mode.AUDIT,
                        "ab".repeat(32)));
    }

    @Test
    void refusesTwoVersionsOfOnePolicyAndPosturesThatDecideNothing() {
        VersionedPolicy one = version1(policy("p", 1, ""));
        VersionedPolicy two = new VersionedPolicy(one.policy(), 2, one.digest());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Lowering.lower(List.of(one, two), host(), List.of()))
                .withMessageContaining("two versions");
        assertThatIllegalArgumentException().isThrownBy(() -> new HostView(new HostId("h"), Map.of(), Action.LOG));
        assertThatIllegalArgumentException().isThrownBy(() -> new VersionedPolicy(one.policy(), 0, one.digest()));
    }

    @Test
    void namesLabelsThatNoConditionCanName() {
        Lowering lowering =
                new Lowering(List.of(new Workload("w", Map.of("app", "x".repeat(257)), List.of("10.0.0.1"))));

        assertThat(lowering.labelsTooLong()).containsExactly("w: label app has 257 characters");
    }

    private static List<Prefix> labelled(String operator, String value, List<Workload> workloads) {
        String document = policy("p", 1, "", rule("r", "deny", 1, "", when("source.label.app", operator, value)));
        return Lowering.lower(List.of(version1(document)), host(), workloads)
                .rules()
                .getFirst()
                .sources();
    }

    private static String json(String value) {
        return value.matches("[0-9]+") ? value : '"' + value + '"';
    }

    private static TableRule only(String... conditions) {
        return lower(policy("p", 1, "", rule("r", "deny", 1, "", conditions)))
                .rules()
                .getFirst();
    }

    private static RuleTable lower(String... documents) {
        return Lowering.lower(Arrays.stream(documents).map(Documents::version1).toList(), host(), List.of());
    }

    private static HostView host() {
        return new HostView(new HostId("host-a"), Map.of("env", "prod"), Action.ALLOW);
    }

    private static List<String> rules(RuleTable table) {
        return table.rules().stream()
                .map(rule -> table.policies().get(rule.policy()).id() + "/" + rule.ruleId())
                .toList();
    }
}
