package io.aegisflux.segmentation.telemetry.domain;

import static io.aegisflux.segmentation.telemetry.domain.Fixtures.at;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.deleted;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.family;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.stored;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.TableRule;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyCatalogTest {
    private final PolicyCatalog policies = new PolicyCatalog();

    private static RuleKey rule(String policy, long version, String id) {
        return new RuleKey(new RuleKey.Name(new PolicyId(policy), id), version);
    }

    private int state(String state, Instant now) {
        return (int)
                value(policies.families(now), "segmentation_policies", state).orElseThrow();
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
        assertThat(family(policies.families(at(2)), "segmentation_policy_info").samples())
                .extracting(Family.Sample::labels)
                .containsExactly(List.of("a", "2", "network", "enforce"), List.of("b", "7", "network", "audit"));
    }

    @Test
    void keepsTheLatestVersionWhateverTheOrderTheyComeIn() {
        policies.stored(stored("a", 2, at(1)));
        policies.stored(stored("a", 1, at(0)));
        assertThat(value(policies.families(at(2)), "segmentation_policy_info", "a", "2", "network", "enforce"))
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
    void namesTheDesiredRevisionOnceItIsKnown() {
        assertThat(family(policies.families(at(0)), "segmentation_desired_policy_revision")
                        .samples())
                .isEmpty();
        policies.desired(42);
        assertThat(value(policies.families(at(0)), "segmentation_desired_policy_revision"))
                .hasValue(42);
    }
}
