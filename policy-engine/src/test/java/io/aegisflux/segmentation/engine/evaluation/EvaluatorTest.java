package io.aegisflux.segmentation.engine.evaluation;

import static io.aegisflux.segmentation.engine.Documents.policy;
import static io.aegisflux.segmentation.engine.Documents.rule;
import static io.aegisflux.segmentation.engine.Documents.version1;
import static io.aegisflux.segmentation.engine.Documents.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Decision;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.engine.Documents;
import io.aegisflux.segmentation.engine.lowering.HostView;
import io.aegisflux.segmentation.engine.lowering.Lowering;
import io.aegisflux.segmentation.engine.lowering.VersionedPolicy;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EvaluatorTest {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final HostView HOST = new HostView(new HostId("host-a"), Map.of(), Action.ALLOW);
    private static final String PORT_80 = when("dest_port", "eq", "80");

    @Test
    void allowsWhatTheSeedsExampleAllowsAndDeniesEverythingElse() {
        String seed = Documents.SEED;

        assertThat(decide(tcp("10.0.0.1", 80), seed))
                .extracting(Decision::action, Decision::reason, Decision::ruleId)
                .containsExactly(Action.ALLOW, Reason.RULE_ALLOW, "allow-http");
        assertThat(decide(tcp("10.0.0.1", 81), seed))
                .extracting(Decision::action, Decision::reason, Decision::ruleId, Decision::policyId)
                .containsExactly(Action.DENY, Reason.DEFAULT_DENY, "default-action", new PolicyId("network-policy-1"));
    }

    @Test
    void leavesToThePostureWhatNoPolicyDecides() {
        String logOnly = policy("p", 1, "", rule("l", "log", 1, "", PORT_80));

        assertThat(decide(tcp("10.0.0.1", 80), logOnly))
                .isEqualTo(new Decision(Action.ALLOW, Reason.POSTURE, null, null, null, null, List.of("p/l")));
    }

    @Test
    void deniesBeforeItAllowsAtEqualPriorityWhateverTheOrderOfArrival() {
        String allow = policy("a", 1, "", rule("r", "allow", 5, "", PORT_80));
        String deny = policy("b", 1, "", rule("r", "deny", 5, "", PORT_80));

        assertThat(decide(tcp("10.0.0.1", 80), allow, deny).policyId()).isEqualTo(new PolicyId("b"));
        assertThat(decide(tcp("10.0.0.1", 80), deny, allow).policyId()).isEqualTo(new PolicyId("b"));
    }

    @Test
    void considersThePoliciesPriorityBeforeTheRules() {
        String first = policy("z", 1, "", rule("r", "allow", 900, "", PORT_80));
        String second = policy("a", 2, "", rule("r", "deny", 0, "", PORT_80));

        assertThat(decide(tcp("10.0.0.1", 80), second, first).policyId()).isEqualTo(new PolicyId("z"));
    }

    @Test
    void asksEveryRuleOfEveryPolicyBeforeAnyDefaultAction() {
        String strict = policy("strict", 1, "", rule("r", "allow", 1, "", when("dest_port", "eq", "22")));
        String web = policy("web", 9, "", rule("r", "allow", 1, "", PORT_80));

        assertThat(decide(tcp("10.0.0.1", 80), strict, web).policyId()).isEqualTo(new PolicyId("web"));
        assertThat(decide(tcp("10.0.0.1", 81), strict, web).policyId()).isEqualTo(new PolicyId("strict"));
    }

    @Test
    void deniesBeforeItAllowsAmongDefaultActionsOfEqualPriority() {
        String open = policy("a", 1, "\"default_action\": \"allow\",");
        String closed = policy("b", 1, "\"default_action\": \"deny\",");

        assertThat(decide(tcp("10.0.0.1", 80), open, closed))
                .extracting(Decision::action, Decision::policyId)
                .containsExactly(Action.DENY, new PolicyId("b"));
    }

    @Test
    void reportsWhatAnAuditPolicyWouldDenyAndLetsItPass() {
        String audit = policy("audit", 1, "\"mode\": \"audit\",", rule("r", "deny", 1, "", PORT_80));
        String allow = policy("web", 2, "", rule("r", "allow", 1, "", PORT_80));

        assertThat(decide(tcp("10.0.0.1", 80), audit, allow))
                .isEqualTo(new Decision(
                        Action.ALLOW,
                        Reason.AUDIT_WOULD_DENY,
                        new PolicyId("web"),
                        1L,
                        "r",
                        new Decision.Audit(new PolicyId("audit"), 1, "r"),
                        List.of()));
    }

    @Test
    void remembersOnlyTheFirstAuditRuleThatMatched() {
        String audit = policy(
                "audit",
                1,
                "\"mode\": \"audit\",",
                rule("a", "allow", 1, "", PORT_80),
                rule("d", "deny", 2, "", PORT_80));

        assertThat(decide(tcp("10.0.0.1", 80), audit).reason()).isEqualTo(Reason.POSTURE);
        assertThat(judge(tcp("10.0.0.1", 80), audit)).isEqualTo(new Judgement(-1, 0, List.of(), Action.ALLOW));
    }

    @Test
    void reportsTheDefaultDenyOfAnAuditPolicy() {
        String audit = policy("audit", 1, "\"mode\": \"audit\",", rule("a", "allow", 1, "", PORT_80));

        assertThat(decide(tcp("10.0.0.1", 81), audit).audit())
                .isEqualTo(new Decision.Audit(new PolicyId("audit"), 1, "default-action"));
    }

    @Test
    void doesNotDenyInEarnestWhenTheOnlyAllowRuleIsOnATrial() {
        String trial = policy("p", 1, "", rule("a", "allow", 1, "\"mode\": \"audit\",", PORT_80));

        assertThat(decide(tcp("10.0.0.1", 81), trial))
                .extracting(Decision::action, Decision::reason)
                .containsExactly(Action.ALLOW, Reason.AUDIT_WOULD_DENY);
    }

    @Test
    void ignoresARuleFromTheInstantAtWhichItExpires() {
        String temporary =
                policy("p", 1, "", rule("r", "deny", 1, "\"expires_at\": \"2026-06-01T14:00:00+02:00\",", PORT_80));
        Evaluator evaluator = evaluator(temporary);

        assertThat(evaluator.decide(tcp("10.0.0.1", 80), NOW.minusNanos(1)).action())
                .isEqualTo(Action.DENY);
        assertThat(evaluator.decide(tcp("10.0.0.1", 80), NOW).action()).isEqualTo(Action.ALLOW);
    }

    @Test
    void keepsAnAllowListClosedWhenItsRulesHaveExpired() {
        String temporary =
                policy("p", 1, "", rule("r", "allow", 1, "\"expires_at\": \"2026-06-01T00:00:00Z\",", PORT_80));

        assertThat(decide(tcp("10.0.0.1", 80), temporary).reason()).isEqualTo(Reason.DEFAULT_DENY);
    }

    @Test
    void ignoresAnExpiredPolicyWithItsDefaultAction() {
        String temporary =
                policy("p", 1, "\"expires_at\": \"2026-06-01T00:00:00Z\",", rule("r", "allow", 1, "", PORT_80));

        assertThat(decide(tcp("10.0.0.1", 81), temporary).reason()).isEqualTo(Reason.POSTURE);
    }

    @Test
    void neverMatchesAPortOfAPacketThatHasNone() {
        String notWeb = policy("p", 1, "", rule("r", "deny", 1, "", when("dest_port", "ne", "80")));
        PacketTuple gre =
                new PacketTuple(Direction.INGRESS, "10.0.0.1", "10.0.0.2", 47, null, null, null, null, "eth0");
        PacketTuple fragment =
                new PacketTuple(Direction.INGRESS, "10.0.0.1", "10.0.0.2", 6, null, null, null, null, "eth0");

        assertThat(decide(gre, notWeb).reason()).isEqualTo(Reason.POSTURE);
        assertThat(decide(fragment, notWeb).reason()).isEqualTo(Reason.POSTURE);
        assertThat(decide(tcp("10.0.0.1", 81), notWeb).reason()).isEqualTo(Reason.RULE_DENY);
    }

    @Test
    void matchesAllOfIpv6WhenAnIpv4NetworkIsExcluded() {
        String outside = policy("p", 1, "", rule("r", "deny", 1, "", when("source_ip", "ne", "\"10.0.0.0/8\"")));
        PacketTuple six = new PacketTuple(Direction.INGRESS, "fd00::1", "fd00::2", 6, 9, 80, null, null, null);

        assertThat(decide(six, outside).action()).isEqualTo(Action.DENY);
        assertThat(decide(tcp("10.1.2.3", 80), outside).action()).isEqualTo(Action.ALLOW);
        assertThat(decide(tcp("11.1.2.3", 80), outside).action()).isEqualTo(Action.DENY);
    }

    @Test
    void neverMatchesALabelOfAnAddressThatHasNone() {
        String notWeb = policy("p", 1, "", rule("r", "deny", 1, "", when("source.label.app", "ne", "\"web\"")));
        List<Workload> workloads = List.of(
                new Workload("web", Map.of("app", "web"), List.of("10.0.0.1")),
                new Workload("api", Map.of("app", "api"), List.of("10.0.0.2", "fd00::2")),
                new Workload("bare", Map.of("tier", "x"), List.of("10.0.0.3")));
        Evaluator evaluator = Evaluator.forFew(Lowering.lower(List.of(version1(notWeb)), HOST, workloads));

        assertThat(evaluator.decide(tcp("10.0.0.1", 80), NOW).action()).isEqualTo(Action.ALLOW);
        assertThat(evaluator.decide(tcp("10.0.0.2", 80), NOW).action()).isEqualTo(Action.DENY);
        assertThat(evaluator.decide(tcp("10.0.0.3", 80), NOW).action()).isEqualTo(Action.ALLOW);
        assertThat(evaluator.decide(tcp("10.0.0.4", 80), NOW).action()).isEqualTo(Action.ALLOW);
    }

    @Test
    void listsTheLogAndMarkRulesOnTheWay() {
        String noisy = policy(
                "p",
                1,
                "",
                rule("m", "mark", 1, "\"mark\": 7,"),
                rule("l", "log", 2, "", PORT_80),
                rule("d", "deny", 3, ""),
                rule("late", "log", 4, ""));

        assertThat(decide(tcp("10.0.0.1", 80), noisy).logged()).containsExactly("p/m", "p/l");
        assertThat(judge(tcp("10.0.0.1", 81), noisy)).isEqualTo(new Judgement(2, -1, List.of(0), Action.DENY));
    }

    @Test
    void refusesAPacketWhoseAddressesCannotBe() {
        Evaluator evaluator = Evaluator.forFew(RuleTable.EMPTY);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> evaluator.decide(tcp("fd00::1", 80), NOW))
                .withMessageContaining("not of one IP version");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> evaluator.decide(tcp("localhost", 80), NOW))
                .withMessageContaining("source_ip");
    }

    private static PacketTuple tcp(String from, int port) {
        return new PacketTuple(Direction.INGRESS, from, "10.9.9.9", 6, 40_000, port, null, null, "eth0");
    }

    private static Decision decide(PacketTuple packet, String... documents) {
        return evaluator(documents).decide(packet, NOW);
    }

    private static Judgement judge(PacketTuple packet, String... documents) {
        return evaluator(documents).judge(packet, NOW);
    }

    private static Evaluator evaluator(String... documents) {
        List<VersionedPolicy> policies =
                Arrays.stream(documents).map(Documents::version1).toList();
        return Evaluator.forFew(Lowering.lower(policies, HOST, List.of()));
    }
}
