package io.aegisflux.segmentation.telemetry.domain;

import static io.aegisflux.segmentation.telemetry.domain.Fixtures.at;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.deleted;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.family;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.rollout;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.staged;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.stored;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.value;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.RolloutState;
import io.aegisflux.segmentation.contracts.TableRule;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyCatalogTest {
    private final PolicyCatalog policies = new PolicyCatalog();

    private static RuleKey rule(String policy, long version, String id) {
        return new RuleKey(new RuleKey.Name(new PolicyId(policy), id), version);
    }

    private List<Family> families(Instant now) {
        return PolicyFamilies.of(policies, 3, now);
    }

    private int state(String state, Instant now) {
        return (int) value(families(now), "segmentation_policies", state).orElseThrow();
    }

    @Test
    void countsPoliciesByWhatBecomesOfThem() {
        policies.stored(stored("a", 1, at(0)));
        policies.stored(stored("b", 1, at(0), document -> document.put("mode", "audit")));
        policies.stored(stored("c", 1, at(0), document -> document.put("enabled", false)));
        policies.stored(stored("d", 1, at(0)));
        policies.stored(deleted("d", 2, at(1)));
        policies.stored(stored("e", 1, at(0), document -> document.put("expires_at", at(100).toString())));
        policies.stored(stored("f", 1, at(0), document -> document.put("surprise", true)));
        assertThat(state("enforced", at(50))).isEqualTo(2);
        assertThat(state("audit", at(50))).isEqualTo(1);
        assertThat(state("disabled", at(50))).isEqualTo(1);
        assertThat(state("invalid", at(50))).as("what our parser does not take").isEqualTo(1);
        assertThat(state("enforced", at(100))).isEqualTo(1);
        assertThat(state("disabled", at(100))).as("expired").isEqualTo(2);
    }

    @Test
    void tellsTheVersionTypeAndModeOfEachPolicy() {
        policies.stored(stored("a", 1, at(0)));
        policies.stored(stored("a", 2, at(1)));
        policies.stored(
                stored("b", 7, at(0), document -> document.put("mode", "audit").put("enabled", false)));
        assertThat(family(families(at(2)), "segmentation_policy_info").samples())
                .extracting(Family.Sample::labels)
                .containsExactly(
                        List.of("a", "2", "network", "enforce", "false"),
                        List.of("b", "7", "network", "audit", "false"));
    }

    @Test
    void keepsTheLatestVersionWhateverTheOrderTheyComeIn() {
        policies.stored(stored("a", 2, at(1)));
        policies.stored(stored("a", 1, at(0)));
        assertThat(value(families(at(2)), "segmentation_policy_info", "a", "2", "network", "enforce", "false"))
                .hasValue(1);
    }

    @Test
    void callsAPolicyInvalidFromARefusedPublishToTheNextAcceptedOne() {
        policies.stored(stored("a", 1, at(0))); // publish 10
        policies.refused(new PolicyId("a"), 12);
        policies.refused(new PolicyId("never-accepted"), 13);
        assertThat(state("invalid", at(1))).isEqualTo(2);
        assertThat(state("enforced", at(1)))
                .as("what was accepted still counts")
                .isEqualTo(1);
        policies.stored(stored("a", 2, at(2))); // publish 20
        assertThat(state("invalid", at(3))).isEqualTo(1);
        policies.refused(new PolicyId("a"), 12); // told again
        assertThat(state("invalid", at(3))).isEqualTo(1);
    }

    @Test
    void remembersABoundedNumberOfRefusals() {
        for (int i = 0; i < 10_100; i++) {
            policies.refused(new PolicyId("p" + i), i + 1);
        }
        assertThat(state("invalid", at(0))).isEqualTo(10_000);
    }

    @Test
    void knowsWhatBecomesOfAPacketThatARuleDecides() {
        policies.stored(stored("enforced", 1, at(0), document -> document.put("default_action", "deny")));
        policies.stored(stored("audited", 1, at(0), document -> document.put("mode", "audit")));
        assertThat(policies.verdict(rule("enforced", 1, "allow-api"))).isEqualTo("allowed");
        assertThat(policies.verdict(rule("enforced", 1, "deny-others"))).isEqualTo("dropped");
        assertThat(policies.verdict(rule("enforced", 1, TableRule.DEFAULT_RULE_ID)))
                .isEqualTo("dropped");
        assertThat(policies.verdict(rule("audited", 1, "deny-others"))).isEqualTo("audited");
        assertThat(policies.verdict(rule("audited", 1, TableRule.DEFAULT_RULE_ID)))
                .as("its default action is none")
                .isEqualTo("unknown");
        assertThat(policies.verdict(rule("enforced", 2, "allow-api"))).isEqualTo("unknown");
        assertThat(policies.verdict(rule("absent", 1, "allow-api"))).isEqualTo("unknown");
    }

    @Test
    void tellsWhatIsInForceWhileAVersionIsStagedAndWhenItsRolloutIsDecided() {
        policies.stored(stored("a", 1, at(0)));
        policies.stored(staged("a", 2, 1, document -> document.put("mode", "audit")));
        assertThat(info()).as("it is not known what became of it").isEmpty();

        policies.rollouts(List.of(rollout("a", 2, RolloutState.RUNNING)));
        assertThat(info())
                .containsExactly(
                        List.of("a", "1", "network", "enforce", "false"),
                        List.of("a", "2", "network", "audit", "true"));
        assertThat(state("enforced", at(2))).as("most hosts have it").isEqualTo(1);
        assertThat(state("audit", at(2))).isZero();

        policies.rollouts(List.of(rollout("a", 2, RolloutState.ABORTED)));
        assertThat(info()).containsExactly(List.of("a", "1", "network", "enforce", "false"));

        policies.rollouts(List.of(rollout("a", 2, RolloutState.PROMOTED)));
        assertThat(info()).containsExactly(List.of("a", "2", "network", "audit", "false"));
        assertThat(state("audit", at(2))).isEqualTo(1);
    }

    @Test
    void countsAFirstVersionThatWasAbortedAsDisabled() {
        policies.stored(staged("a", 1, 0, document -> {}));
        policies.rollouts(List.of(rollout("a", 1, RolloutState.PAUSED)));
        assertThat(info()).containsExactly(List.of("a", "1", "network", "enforce", "true"));
        assertThat(state("enforced", at(2))).isEqualTo(1);
        policies.rollouts(List.of(rollout("a", 1, RolloutState.ABORTED)));
        assertThat(info()).isEmpty();
        assertThat(state("enforced", at(2))).isZero();
        assertThat(state("disabled", at(2))).isEqualTo(1);
    }

    @Test
    void asksForTheVersionBelowAStagedOneAndKeepsIt() {
        policies.stored(staged("a", 20, 3, document -> {}));
        assertThat(policies.missing()).containsExactly(new MissingVersion(new PolicyId("a"), 3));
        policies.stored(stored("a", 3, at(0)));
        for (long version = 21; version < 40; version++) {
            policies.stored(staged("a", version, 3, document -> {}));
        }
        assertThat(policies.missing()).isEmpty();
        policies.rollouts(List.of(rollout("a", 39, RolloutState.ABORTED)));
        assertThat(info()).containsExactly(List.of("a", "3", "network", "enforce", "false"));
        assertThat(policies.verdict(rule("a", 3, "deny-others"))).isEqualTo("dropped");
    }

    @Test
    void datesAPolicyThatOnlyAudits() {
        policies.stored(stored("a", 1, at(7), document -> document.put("mode", "audit")));
        policies.stored(
                stored("b", 1, at(7), document -> document.put("mode", "audit").put("enabled", false)));
        policies.stored(stored("c", 1, at(7)));
        String family = "segmentation_policy_audit_since_timestamp_seconds";
        assertThat(family(families(at(9)), family).samples()).hasSize(1);
        assertThat(value(families(at(9)), family, "a")).hasValue(at(7).getEpochSecond());
    }

    @Test
    void tellsOfTheRulesThatExpireNextWithinTheLimit() {
        policies.stored(stored("a", 1, at(0), document -> {
            document.put("expires_at", at(100).toString());
            ((ObjectNode) document.get("rules").get(0)).put("expires_at", at(50).toString());
        }));
        policies.stored(stored("b", 1, at(0), document -> document.put("expires_at", at(70).toString())));
        policies.stored(stored("c", 1, at(0)));
        String family = "segmentation_rule_expires_timestamp_seconds";
        assertThat(value(families(at(9)), family, "a", "allow-api")).hasValue(at(50).getEpochSecond());
        assertThat(family(families(at(9)), family).samples())
                .extracting(Family.Sample::labels)
                .as("three at most, the last of the four ends with its policy")
                .containsExactlyInAnyOrder(
                        List.of("a", "allow-api"), List.of("b", "allow-api"), List.of("b", "deny-others"));
        assertThat(family(families(at(60)), family).samples())
                .extracting(Family.Sample::labels)
                .contains(List.of("a", "deny-others"))
                .doesNotContain(List.of("a", "allow-api"));
        assertThat(family(families(at(100)), family).samples()).isEmpty();
    }

    private List<List<String>> info() {
        return family(families(at(2)), "segmentation_policy_info").samples().stream()
                .map(Family.Sample::labels)
                .toList();
    }
}
