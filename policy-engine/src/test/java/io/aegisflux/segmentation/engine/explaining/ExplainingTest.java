package io.aegisflux.segmentation.engine.explaining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Decision;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Considered;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Effect;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Nearest;
import io.aegisflux.segmentation.contracts.PolicyExplanation.RuleEffect;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Standing;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.engine.Documents;
import io.aegisflux.segmentation.engine.evaluation.Evaluator;
import io.aegisflux.segmentation.engine.lowering.HostView;
import io.aegisflux.segmentation.engine.lowering.Lowering;
import io.aegisflux.segmentation.engine.lowering.VersionedPolicy;
import io.aegisflux.segmentation.engine.naive.RandomWorld;
import io.aegisflux.segmentation.engine.parsing.ParseResult;
import io.aegisflux.segmentation.engine.parsing.PolicyParser;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

class ExplainingTest {
    private static final Instant NOW = RandomWorld.NOW;
    private static final HostView HOST = new HostView(new HostId("host-a"), Map.of("env", "prod"), Action.ALLOW);

    /** What is said of each rule is what the evaluator makes of it. */
    @Property(tries = 500, shrinking = ShrinkingMode.OFF)
    void saysOfEveryRuleWhatTheEvaluatorMakesOfIt(@ForAll long seed) {
        RandomWorld world = new RandomWorld(seed);
        List<Workload> workloads = world.workloads();
        List<VersionedPolicy> policies = new ArrayList<>();
        for (String id : List.of("a", "b", "c")) {
            policies.add(policy(world, id));
        }
        Evaluator evaluator = Evaluator.forFew(Lowering.lower(policies, HOST, workloads));
        for (int i = 0; i < 20; i++) {
            PacketTuple packet = world.packet();
            Decision decision = evaluator.decide(packet, NOW);
            Explaining explaining = new Explaining(policies, HOST, workloads, packet, NOW);
            List<String> deciding = rules(explaining, Effect.DECIDES);
            assertThat(deciding)
                    .isEqualTo(
                            decision.policyId() == null
                                    ? List.of()
                                    : List.of(decision.policyId() + "/" + decision.ruleId()));
            for (Considered considered : explaining.policies()) {
                VersionedPolicy versioned = policies.stream()
                        .filter(it -> it.policy().id().equals(considered.policyId()))
                        .findFirst()
                        .orElseThrow();
                for (RuleEffect rule : considered.rules()) {
                    if (rule.effect() == Effect.MISSES || rule.effect() == Effect.BEHIND) {
                        assertThat(matchesAlone(versioned, rule.ruleId(), packet, workloads))
                                .as("%s of %s and %s", rule, versioned.policy(), packet)
                                .isEqualTo(rule.effect() == Effect.BEHIND);
                    }
                }
            }
            assertThat(rules(explaining, Effect.NOTES)).containsAll(decision.logged());
        }
    }

    private static List<String> rules(Explaining explaining, Effect effect) {
        return explaining.policies().stream()
                .flatMap(policy -> policy.rules().stream()
                        .filter(rule -> rule.effect() == effect)
                        .map(rule -> policy.policyId() + "/" + rule.ruleId()))
                .toList();
    }

    /** By the rule's row in a table of its policy alone. */
    private static boolean matchesAlone(
            VersionedPolicy policy, String ruleId, PacketTuple packet, List<Workload> workloads) {
        RuleTable table = Lowering.lower(List.of(policy), HOST, workloads);
        return table.rules().stream()
                .filter(rule -> rule.ruleId().equals(ruleId))
                .map(rule -> new RuleTable(table.policies(), List.of(rule), Action.ALLOW))
                .map(one -> Evaluator.forFew(one).judge(packet, NOW))
                .anyMatch(judgement -> judgement.rule() == 0
                        || judgement.auditRule() == 0
                        || judgement.passed().contains(0));
    }

    private static VersionedPolicy policy(RandomWorld world, String id) {
        while (true) {
            JsonNode document = world.document(id);
            if (PolicyParser.parse(Wire.write(document), null) instanceof ParseResult.Accepted accepted) {
                return new VersionedPolicy(accepted.policy(), 1, "0".repeat(64));
            }
        }
    }

    @Example
    void saysWhatKeepsPoliciesAndRules() {
        List<Workload> workloads = List.of(new Workload("web", Map.of("app", "web"), List.of("10.0.0.1")));
        List<VersionedPolicy> policies = List.of(
                Documents.version1("""
                        {"id": "off", "name": "n", "type": "network", "priority": 1, "enabled": false, "rules": []}"""),
                Documents.version1("""
                        {"id": "front", "name": "n", "type": "network", "priority": 2,
                         "applies_to": {"labels": {"env": "test", "site": "b"}}, "rules": []}"""),
                Documents.version1("""
                        {"id": "others", "name": "n", "type": "network", "priority": 3,
                         "applies_to": {"hosts": ["db-*"]}, "rules": []}"""),
                Documents.version1("""
                        {"id": "old", "name": "n", "type": "network", "priority": 4,
                         "expires_at": "2020-01-01T00:00:00Z", "rules": []}"""),
                Documents.version1("""
                        {"id": "db", "name": "n", "type": "network", "priority": 5, "rules": [
                          {"id": "api", "action": "allow", "priority": 1, "conditions": [
                            {"field": "source.label.app", "operator": "eq", "value": "api"},
                            {"field": "dest_port", "operator": "eq", "value": 5432}]},
                          {"id": "http", "action": "allow", "priority": 2, "conditions": [
                            {"field": "source_ip", "operator": "eq", "value": "10.0.0.0/8"},
                            {"field": "dest_port", "operator": "in", "value": [80, 81]}]}]}"""));
        PacketTuple packet =
                new PacketTuple(Direction.INGRESS, "10.0.0.1", "10.0.0.9", 6, 40_000, 5432, null, null, "eth0");
        Explaining explaining = new Explaining(policies, HOST, workloads, packet, NOW);

        assertThat(explaining.policies())
                .extracting(Considered::standing, Considered::why)
                .containsExactly(
                        tuple(Standing.DISABLED, "it is disabled"),
                        tuple(
                                Standing.NOT_SELECTED,
                                "applies_to wants label env=test, the host has prod; applies_to wants label site=b, the host"
                                        + " has no site"),
                        tuple(Standing.NOT_SELECTED, "applies_to.hosts names db-*"),
                        tuple(Standing.EXPIRED, "it expired at 2020-01-01T00:00:00Z"),
                        tuple(Standing.CONSIDERED, null));
        assertThat(explaining.policies().getLast().rules())
                .containsExactly(
                        new RuleEffect(
                                "api",
                                Action.ALLOW,
                                Effect.MISSES,
                                List.of("source.label.app is \"web\", wants eq \"api\"")),
                        new RuleEffect("http", Action.ALLOW, Effect.MISSES, List.of("dest_port is 5432, wants 80-81")),
                        new RuleEffect("default-action", Action.DENY, Effect.DECIDES, List.of()));
        assertThat(explaining.nearest().map(Nearest::ruleId)).contains("api");
    }
}
