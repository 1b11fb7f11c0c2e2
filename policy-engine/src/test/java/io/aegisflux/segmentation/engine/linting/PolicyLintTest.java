package io.aegisflux.segmentation.engine.linting;

import static io.aegisflux.segmentation.contracts.LintCode.CONTRADICTORY_PRIORITY;
import static io.aegisflux.segmentation.contracts.LintCode.EMPTY_RULE;
import static io.aegisflux.segmentation.contracts.LintCode.EXPIRED;
import static io.aegisflux.segmentation.contracts.LintCode.OVER_WIDE;
import static io.aegisflux.segmentation.contracts.LintCode.SHADOWED_RULE;
import static io.aegisflux.segmentation.contracts.LintCode.UNENFORCEABLE;
import static io.aegisflux.segmentation.engine.Documents.accepted;
import static io.aegisflux.segmentation.engine.Documents.policy;
import static io.aegisflux.segmentation.engine.Documents.rule;
import static io.aegisflux.segmentation.engine.Documents.when;
import static io.aegisflux.segmentation.engine.linting.Reports.hooks;
import static io.aegisflux.segmentation.engine.linting.Reports.report;
import static io.aegisflux.segmentation.engine.linting.Reports.workload;
import static io.aegisflux.segmentation.engine.naive.RandomWorld.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.LintCode;
import io.aegisflux.segmentation.contracts.LintFinding;
import io.aegisflux.segmentation.contracts.LintFinding.RelatedRule;
import io.aegisflux.segmentation.contracts.LintSeverity;
import io.aegisflux.segmentation.contracts.PolicyApi.LintReply;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.engine.language.Policy;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyLintTest {
    private static final String PORT_80 = when("dest_port", "eq", "80");
    private static final String TCP = when("protocol", "eq", "\"tcp\"");
    private static final String NET_8 = when("source_ip", "eq", "\"10.0.0.0/8\"");
    private static final String NET_24 = when("source_ip", "eq", "\"10.0.0.0/24\"");
    private static final String APP_API = when("source.label.app", "eq", "\"api\"");
    private static final String ETH0 = when("interface", "eq", "\"eth0\"");

    @Test
    void tellsOfARuleThatASingleEarlierOneCovers() {
        LintFinding finding =
                only(lint(p(rule("wide", "deny", 1, "", NET_8), rule("narrow", "allow", 2, "", NET_24, TCP))));

        assertThat(finding)
                .isEqualTo(new LintFinding(
                        SHADOWED_RULE,
                        LintSeverity.WARNING,
                        new PolicyId("p"),
                        "narrow",
                        "/rules/1",
                        "it never decides: p/wide is considered earlier and matches all that it matches",
                        "let it be considered first, by a lower priority of its own or of its policy, or remove it",
                        new RelatedRule(new PolicyId("p"), "wide")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // what the earlier rule is | and what the later one
                "deny; ; | deny; ;",
                "rate_limit;\"rate_limit\": {\"per_second\": 5},;port | allow; ;port",
                "deny; ; | log; ;",
                "deny; ; | allow; \"mode\": \"audit\",;",
                "deny; \"direction\": \"both\",; | deny; \"direction\": \"egress\",;",
                "deny; ;tcp | deny; ;tcp,port",
                "deny; ;label | deny; ;label,port",
                "deny; ;eth0 | deny; ;eth0,port",
                "deny; \"expires_at\": \"2026-06-01T13:00:00Z\",; | deny; \"expires_at\": \"2026-06-01T13:00:00Z\",;",
            })
    void tellsOfShadowsOfManyKinds(String earlier, String later) {
        assertThat(codes(pair(earlier, later))).containsExactly(SHADOWED_RULE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "deny; \"mode\": \"audit\",; | deny; ;",
                "log; ; | deny; ;",
                "mark; \"mark\": 1,; | deny; ;",
                "deny; \"enabled\": false,; | deny; ;",
                "deny; \"direction\": \"ingress\",; | deny; \"direction\": \"both\",;",
                // fragments of tcp have no port
                "deny; ;tcp,anyport | deny; ;tcp",
                "deny; ;label | deny; ;",
                "deny; ;label | deny; ;otherlabel",
                "deny; ;eth0 | deny; ;",
                "deny; ;eth0 | deny; ;eth",
                "deny; \"expires_at\": \"2026-06-01T13:00:00Z\",; | deny; ;",
                "deny; \"expires_at\": \"2026-06-01T13:00:00Z\",; | deny; \"expires_at\": \"2026-06-01T13:00:01Z\",;",
            })
    void doesNotCallShadowedWhatStillDecidesSomething(String earlier, String later) {
        assertThat(codes(pair(earlier, later))).isEmpty();
    }

    private static LintReply pair(String earlier, String later) {
        Map<String, String> conditions = Map.of(
                "tcp",
                TCP,
                "port",
                PORT_80,
                "anyport",
                when("dest_port", "gte", "0"),
                "label",
                APP_API,
                "otherlabel",
                when("source.label.app", "eq", "\"db\""),
                "eth0",
                ETH0,
                "eth",
                when("interface", "contains", "\"eth0\""));
        String[] first = earlier.split(";", -1);
        String[] second = later.split(";", -1);
        return lint(p(
                rule("first", first[0].strip(), 1, first[1], conditions(conditions, first[2])),
                rule("second", second[0].strip(), 2, second[1], conditions(conditions, second[2]))));
    }

    private static String[] conditions(Map<String, String> named, String names) {
        return Stream.of(names.strip().split(","))
                .filter(name -> !name.isEmpty())
                .map(named::get)
                .toArray(String[]::new);
    }

    @Test
    void tellsOfARuleThatSeveralCoverOnlyTogether() {
        String low = rule("low", "deny", 1, "", when("source_ip", "eq", "\"10.0.0.0/25\""));
        String high = rule("high", "deny", 1, "", when("source_ip", "eq", "\"10.0.0.128/25\""));
        String most = rule("most", "deny", 1, "", when("source_ip", "eq", "\"10.0.0.128-10.0.0.254\""));
        String all = rule("all", "deny", 2, "", NET_24, PORT_80);

        assertThat(only(lint(p(low, high, all))))
                .returns("all", LintFinding::ruleId)
                .returns(
                        "it never decides: p/high and p/low are considered earlier and match together all that it matches",
                        LintFinding::message)
                .returns("remove it: the same is said already", LintFinding::hint);
        assertThat(codes(lint(p(low, most, all)))).as("10.0.0.255 is left").isEmpty();
    }

    @Test
    void tellsOfShadowsOfOtherPoliciesWhereTheyApply() {
        Policy narrow = accepted(
                policy("narrow", 2, "\"applies_to\": {\"hosts\": [\"db-1\"]},", rule("r", "deny", 1, "", NET_24)));
        for (String members : List.of("", "\"applies_to\": {\"hosts\": [\"db-*\", \"web\"]},")) {
            Policy wide = accepted(policy("wide", 1, members, rule("w", "deny", 1, "", NET_8)));
            assertThat(only(PolicyLint.of(List.of(narrow), List.of(wide), List.of(), List.of(), NOW)))
                    .returns(SHADOWED_RULE, LintFinding::code)
                    .returns(new RelatedRule(new PolicyId("wide"), "w"), LintFinding::related);
        }
        for (String members : List.of(
                "\"applies_to\": {\"hosts\": [\"web-*\"]},",
                "\"applies_to\": {\"labels\": {\"a\": \"b\"}},",
                "\"applies_to\": {\"interfaces\": [\"eth0\"]},",
                "\"enabled\": false,",
                "\"expires_at\": \"2026-06-01T12:00:00Z\",")) {
            Policy wide = accepted(policy("wide", 1, members, rule("w", "deny", 1, "", NET_8)));
            assertThat(codes(PolicyLint.of(List.of(narrow), List.of(wide), List.of(), List.of(), NOW)))
                    .as(members)
                    .isEmpty();
        }
    }

    @Test
    void saysAsInformationWhatIsShadowedAsLongAsTheFleetStaysAsItIs() {
        Policy policy = p(rule("net", "deny", 1, "", NET_8), rule("api", "allow", 2, "", APP_API));
        LintFinding inside = only(lint(policy, report("h", workload("api", "10.0.0.1"))));

        assertThat(inside).returns(SHADOWED_RULE, LintFinding::code).returns(LintSeverity.INFO, LintFinding::severity);
        assertThat(inside.message()).endsWith("as hosts and workloads are now");
        assertThat(codes(lint(policy, report("h", workload("api", "10.0.0.1", "11.0.0.1")))))
                .isEmpty();
    }

    @Test
    void tellsOfConditionsThatContradictEachOther() {
        assertThat(only(lint(p(rule("r", "deny", 1, "", PORT_80, when("protocol", "eq", "\"icmp\""))))))
                .returns(EMPTY_RULE, LintFinding::code)
                .returns(LintSeverity.WARNING, LintFinding::severity)
                .returns("/rules/0/conditions", LintFinding::path);
        assertThat(only(lint(p(rule("r", "deny", 1, "", ETH0, when("interface", "regex", "\"veth.*\""))))))
                .returns(EMPTY_RULE, LintFinding::code);
        assertThat(codes(lint(p(
                        rule("r", "deny", 1, "", PORT_80, when("protocol", "in", "[\"icmp\", \"udp\"]")),
                        rule("s", "deny", 2, "", ETH0, when("interface", "regex", "\"v?eth.*\""))))))
                .isEmpty();
    }

    @Test
    void saysWhichLabelNoKnownWorkloadHas() {
        Policy policy = p(rule("r", "deny", 1, "", PORT_80, when("source.label.app", "in", "[\"old\", \"older\"]")));

        assertThat(only(lint(policy, report("h", workload("api", "10.0.0.1")))))
                .returns(EMPTY_RULE, LintFinding::code)
                .returns(LintSeverity.INFO, LintFinding::severity)
                .returns("/rules/0/conditions/1", LintFinding::path)
                .returns("no known workload has source.label.app in \"old\", \"older\"", LintFinding::message);
        assertThat(codes(lint(policy, report("h", workload("old", "10.0.0.1")))))
                .isEmpty();
        assertThat(codes(lint(policy))).as("no host is known").isEmpty();
    }

    @Test
    void saysThatLabelAndAddressHaveNoWorkloadInCommon() {
        Policy policy = p(rule("r", "deny", 1, "", NET_8, APP_API));

        assertThat(only(lint(policy, report("h", workload("api", "192.0.2.1")))))
                .returns(EMPTY_RULE, LintFinding::code)
                .returns(LintSeverity.INFO, LintFinding::severity);
        assertThat(codes(lint(policy, report("h", workload("api", "10.0.2.1")))))
                .isEmpty();
    }

    @Test
    void tellsOfRulesBetweenWhichOnlyTheTieBreakDecides() {
        String allow = rule("web", "allow", 5, "", PORT_80);
        String deny = rule("net", "deny", 5, "", NET_8);

        assertThat(only(lint(p(allow, deny))))
                .returns(CONTRADICTORY_PRIORITY, LintFinding::code)
                .returns("web", LintFinding::ruleId)
                .returns("/rules/0/priority", LintFinding::path)
                .returns(new RelatedRule(new PolicyId("p"), "net"), LintFinding::related)
                .extracting(LintFinding::message)
                .asString()
                .isEqualTo(
                        "p/net has the same priorities (policy 7, rule 5) and matches some of the same packets: that goes"
                                + " first only because deny goes before allow");
        for (String other : List.of(
                rule("net", "deny", 4, "", NET_8),
                rule("net", "allow", 5, "", NET_8),
                rule("net", "log", 5, "", NET_8),
                rule("net", "deny", 5, "\"mode\": \"audit\",", NET_8),
                rule("net", "deny", 5, "\"direction\": \"egress\",", NET_8),
                rule("net", "deny", 5, "", NET_8, when("dest_port", "ne", "80")),
                rule("net", "deny", 5, "\"expires_at\": \"2026-06-01T12:00:00Z\",", NET_8))) {
            assertThat(codes(lint(p(allow, other)))).as(other).doesNotContain(CONTRADICTORY_PRIORITY);
        }
    }

    @Test
    void tellsOfContradictionsBetweenPoliciesOfOnePriorityThatMeetOnAHost() {
        Policy candidate = accepted(policy("a", 7, "", rule("r", "deny", 5, "", NET_8)));
        Policy stored = accepted(policy("b", 7, "", rule("s", "allow", 5, "", PORT_80)));
        Policy elsewhere =
                accepted(policy("b", 7, "\"applies_to\": {\"hosts\": [\"x\"]},", rule("s", "allow", 5, "", PORT_80)));
        Policy later = accepted(policy("b", 8, "", rule("s", "allow", 5, "", PORT_80)));
        Policy here =
                accepted(policy("a", 7, "\"applies_to\": {\"hosts\": [\"y\"]},", rule("r", "deny", 5, "", NET_8)));

        assertThat(only(PolicyLint.of(List.of(candidate), List.of(stored), List.of(), List.of(), NOW)))
                .as("told of the candidate, although the stored rule goes behind")
                .returns(new PolicyId("a"), LintFinding::policyId)
                .returns(new RelatedRule(new PolicyId("b"), "s"), LintFinding::related);
        assertThat(codes(PolicyLint.of(List.of(candidate), List.of(later), List.of(), List.of(), NOW)))
                .isEmpty();
        assertThat(codes(PolicyLint.of(List.of(here), List.of(elsewhere), List.of(), List.of(), NOW)))
                .isEmpty();
    }

    @Test
    void labelsAndInterfacesMeetWhereAPacketIsKnownThatHoldsBoth() {
        String api = rule("api", "allow", 5, "", APP_API);
        String front = rule("front", "deny", 5, "", when("source.label.app", "ne", "\"db\""));
        Policy policy = p(api, front);
        assertThat(codes(lint(policy))).as("nobody knows").isEmpty();
        assertThat(codes(lint(policy, report("h", workload("api", "10.0.0.1")))))
                .contains(CONTRADICTORY_PRIORITY);

        String eth0 = rule("eth0", "allow", 5, "", ETH0);
        assertThat(codes(lint(p(eth0, rule("any", "deny", 5, "", when("interface", "contains", "\"eth\""), PORT_80)))))
                .containsExactly(CONTRADICTORY_PRIORITY);
        assertThat(codes(lint(p(eth0, rule("lo", "deny", 5, "", when("interface", "eq", "\"lo\""))))))
                .isEmpty();
    }

    @Test
    void tellsOfRulesThatAllowEverything() {
        for (String wide : List.of(
                rule("r", "allow", 1, ""),
                rule("r", "allow", 1, "", TCP),
                rule("r", "allow", 1, "", TCP, when("dest_port", "gte", "0")),
                rule("r", "allow", 1, "", when("source_ip", "in", "[\"0.0.0.0/0\", \"::/0\"]")),
                rule("r", "allow", 1, "", when("source_ip", "eq", "\"0.0.0.0/0\"")))) {
            assertThat(only(lint(p(wide)))).as(wide).returns(OVER_WIDE, LintFinding::code);
        }
        for (String narrow : List.of(
                rule("r", "deny", 1, ""),
                rule("r", "allow", 1, "\"mode\": \"audit\","),
                rule("r", "rate_limit", 1, "\"rate_limit\": {\"per_second\": 9},"),
                rule("r", "allow", 1, "", when("protocol", "eq", "\"icmp\"")),
                rule("r", "allow", 1, "", when("dest_port", "gte", "1")),
                rule("r", "allow", 1, "", when("source_ip", "ne", "\"10.0.0.1\"")),
                rule("r", "allow", 1, "", APP_API),
                rule("r", "allow", 1, "", when("interface", "eq", "\"lo\"")))) {
            assertThat(codes(lint(p(narrow)))).as(narrow).isEmpty();
        }
    }

    @Test
    void tellsOfAnEndThatIsPast() {
        String past = "\"expires_at\": \"2026-06-01T12:00:00Z\",";
        String yet = "\"expires_at\": \"2026-06-01T12:00:00.001Z\",";
        assertThat(only(lint(accepted(policy("p", 7, past, rule("r", "allow", 1, ""))))))
                .as("nothing else is said of a policy that has ended")
                .returns(EXPIRED, LintFinding::code)
                .returns("/expires_at", LintFinding::path)
                .returns(null, LintFinding::ruleId);
        assertThat(only(lint(p(rule("r", "allow", 1, past)))))
                .returns(EXPIRED, LintFinding::code)
                .returns("/rules/0/expires_at", LintFinding::path);
        assertThat(codes(lint(accepted(policy("p", 7, yet, rule("r", "deny", 1, yet))))))
                .isEmpty();
        assertThat(codes(lint(p(rule("r", "allow", 1, past + "\"enabled\": false,")))))
                .isEmpty();
    }

    @Test
    void tellsOfPoliciesThatAreForNoKnownHost() {
        Policy policy = accepted(policy("p", 7, "\"applies_to\": {\"hosts\": [\"db-*\"]},", rule("r", "deny", 1, "")));

        assertThat(only(lint(policy, report("web-1"), report("web-2"))))
                .returns(UNENFORCEABLE, LintFinding::code)
                .returns("/applies_to", LintFinding::path)
                .returns("it is for none of the 2 known hosts", LintFinding::message)
                .returns("known are web-1, web-2", LintFinding::hint);
        assertThat(codes(lint(policy, report("web-1"), report("db-2")))).isEmpty();
        assertThat(codes(lint(policy))).isEmpty();
    }

    @Test
    void tellsOfInterfacesThatNoHostHasAttached() {
        Policy ofRule = p(rule("r", "deny", 1, "", ETH0));
        Policy ofPolicy =
                accepted(policy("p", 7, "\"applies_to\": {\"interfaces\": [\"eth*\"]},", rule("r", "deny", 1, "")));
        CapabilityReport other = hooks(
                "a",
                Map.of("tc_ingress@ens3", "tcx", "tc_ingress@eth0", "off: there is no interface of this name now"));
        CapabilityReport eth0 = hooks("b", Map.of("tc_ingress@eth0", "clsact"));

        assertThat(only(lint(ofRule, other)))
                .returns(UNENFORCEABLE, LintFinding::code)
                .returns("/rules/0/conditions", LintFinding::path)
                .extracting(LintFinding::hint)
                .asString()
                .endsWith("attached there: ens3");
        assertThat(only(lint(ofPolicy, other)))
                .returns(UNENFORCEABLE, LintFinding::code)
                .returns("/applies_to/interfaces", LintFinding::path);
        for (Policy policy : List.of(ofRule, ofPolicy)) {
            assertThat(codes(lint(policy, other, eth0))).isEmpty();
            assertThat(codes(lint(policy, other, hooks("b", Map.of("tc_ingress", "tcx")))))
                    .as("a report that names no interfaces is held against nobody")
                    .isEmpty();
        }
    }

    @Test
    void tellsOfDirectionsThatNoHostWatches() {
        Policy in = p(rule("r", "deny", 1, "", PORT_80));
        Policy out = p(rule("r", "deny", 1, "\"direction\": \"egress\",", PORT_80));
        CapabilityReport deaf =
                hooks("a", Map.of("tc_ingress@eth0", "off: no", "xdp@eth0", "off", "tc_egress@eth0", "tcx"));

        assertThat(only(lint(in, deaf)))
                .returns(UNENFORCEABLE, LintFinding::code)
                .returns("", LintFinding::path)
                .returns(
                        "ingress is watched on none of the hosts it is for: xdp, tc_ingress is off on a",
                        LintFinding::message);
        assertThat(codes(lint(out, deaf))).isEmpty();
        assertThat(codes(lint(in, deaf, hooks("b", Map.of("tc_ingress@eth0", "tcx")))))
                .isEmpty();
        assertThat(codes(lint(in, hooks("a", Map.of("xdp@eth0", "generic", "tc_ingress@eth0", "off")))))
                .isEmpty();
        assertThat(codes(lint(in, report("a")))).as("it does not say").isEmpty();
    }

    @Test
    void tellsOfMoreRulesThanAHostHolds() {
        String[] rules = IntStream.range(0, 10)
                .mapToObj(i -> rule("r" + i, "deny", i, "", when("dest_port", "eq", Integer.toString(i))))
                .toArray(String[]::new);
        Policy stored = accepted(policy("stored", 9, "", rule("s", "deny", 1, "", NET_8)));

        for (long room : new long[] {10, 11}) {
            LintReply reply = PolicyLint.of(
                    List.of(p(rules)),
                    List.of(stored),
                    List.of(report("h", Map.of(), Map.of(), Map.of("rules", room), List.of())),
                    List.of(),
                    NOW);
            if (room == 11) {
                assertThat(codes(reply)).isEmpty();
            } else {
                assertThat(only(reply))
                        .returns(UNENFORCEABLE, LintFinding::code)
                        .returns("/rules", LintFinding::path)
                        .returns(
                                "11 rules would apply to h, which holds 10: it refuses the whole table",
                                LintFinding::message);
            }
        }
    }

    @Test
    void doesNotJudgeWhatIsDisabledAndSaysHowMuchItJudged() {
        Policy on = p(rule("r", "deny", 1, "", PORT_80), rule("off", "allow", 1, "\"enabled\": false,"));
        Policy off = accepted(policy("off", 7, "\"enabled\": false,", rule("r", "allow", 1, "")));
        LintReply reply = PolicyLint.of(
                List.of(on, off),
                List.of(),
                List.of(report("h", workload("api", "10.0.0.1")), report("i", workload("db", "10.0.0.2"))),
                List.of(workload("api", "10.0.0.1"), workload("db", "10.0.0.2")),
                NOW);

        assertThat(reply).isEqualTo(new LintReply(List.of(), 0, 1, 1, 0, 2, 2));
    }

    @Test
    void countsWhatItWouldTakeTooLongToJudgeAndFindsNothingOfIt() {
        Policy policy = p(IntStream.range(0, 50)
                .mapToObj(i -> rule("r" + i, "deny", i, "", NET_8))
                .toArray(String[]::new));
        LintReply cut = PolicyLint.of(List.of(policy), List.of(), List.of(), List.of(), NOW, 200);

        assertThat(PolicyLint.of(List.of(policy), List.of(), List.of(), List.of(), NOW))
                .returns(0, LintReply::rulesNotJudged)
                .returns(49, reply -> reply.findings().size());
        assertThat(cut.rulesNotJudged()).isBetween(30, 48);
        assertThat(cut.findings().size() + cut.rulesNotJudged()).isBetween(49, 50);
    }

    @Test
    void listsTheFirst500AndCountsTheRest() {
        LintReply reply = lint(p(IntStream.range(0, 600)
                .mapToObj(i -> rule("r" + i, "deny", i, "", NET_8))
                .toArray(String[]::new)));

        assertThat(reply.findings()).hasSize(500).first().returns("r1", LintFinding::ruleId);
        assertThat(reply.findingsOmitted()).isEqualTo(99);
    }

    private static Policy p(String... rules) {
        return accepted(policy("p", 7, "\"default_action\": \"none\",", rules));
    }

    private static LintReply lint(Policy policy, CapabilityReport... hosts) {
        return PolicyLint.of(List.of(policy), List.of(), List.of(hosts), Reports.workloads(hosts), NOW);
    }

    private static List<LintCode> codes(LintReply reply) {
        assertThat(reply.rulesNotJudged()).isZero();
        return reply.findings().stream().map(LintFinding::code).toList();
    }

    private static LintFinding only(LintReply reply) {
        assertThat(reply.rulesNotJudged()).isZero();
        assertThat(reply.findings()).hasSize(1);
        return reply.findings().getFirst();
    }
}
