package io.aegisflux.segmentation.telemetry.domain;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** What Prometheus is told of policies. */
final class PolicyFamilies {
    private PolicyFamilies() {}

    /**
     * The families.
     *
     * @param maxRules so many rules that expire have series: those that do so next. Others follow when these have
     */
    static List<Family> of(PolicyCatalog policies, int maxRules, Instant now) {
        return List.of(
                info(policies),
                states(policies.states(now)),
                audited(policies, now),
                expiries(policies, maxRules, now));
    }

    private static Family info(PolicyCatalog policies) {
        Family.Builder info = Family.gauge(
                "segmentation_policy_info",
                "1 for each version in force; staged is true for one that a rollout keeps to its canary hosts.",
                "policy",
                "version",
                "type",
                "mode",
                "staged");
        policies.inForce()
                .forEach(each -> info.add(
                        1,
                        each.policy().value(),
                        Long.toString(each.version().version()),
                        each.version().type(),
                        each.version().mode().wireName(),
                        Boolean.toString(each.onCanariesAlone())));
        return info.build();
    }

    private static Family states(Map<PolicyVersion.State, Integer> counts) {
        Family.Builder family = Family.gauge(
                "segmentation_policies",
                "Policies by what becomes of them; invalid are those whose last publish was refused. What was accepted"
                        + " before a refusal still counts.",
                "state");
        for (PolicyVersion.State state : PolicyVersion.State.values()) {
            if (state != PolicyVersion.State.DELETED) {
                family.add(counts.getOrDefault(state, 0), state.name().toLowerCase(Locale.ROOT));
            }
        }
        return family.build();
    }

    private static Family audited(PolicyCatalog policies, Instant now) {
        Family.Builder family = Family.gauge(
                "segmentation_policy_audit_since_timestamp_seconds",
                "When the version in force of a policy that only audits was stored.",
                "policy");
        policies.inForce()
                .filter(each -> !each.onCanariesAlone() && each.version().state(now) == PolicyVersion.State.AUDIT)
                .forEach(each -> family.add(
                        RuleSeries.seconds(each.version().storedAt()),
                        each.policy().value()));
        return family.build();
    }

    private record Expiry(RuleKey.Name rule, Instant at) {}

    private static Family expiries(PolicyCatalog policies, int maxRules, Instant now) {
        Family.Builder family = Family.gauge(
                "segmentation_rule_expires_timestamp_seconds",
                "When a rule in force ends by its own or its policy's expires_at; those that end next.",
                "policy",
                "rule");
        policies.inForce()
                .filter(each -> !each.onCanariesAlone() && each.version().isInUse())
                .flatMap(PolicyFamilies::expiries)
                .filter(expiry -> now.isBefore(expiry.at()))
                .sorted(Comparator.comparing(Expiry::at))
                .limit(maxRules)
                .forEach(expiry -> family.add(
                        RuleSeries.seconds(expiry.at()),
                        expiry.rule().policy().value(),
                        expiry.rule().rule()));
        return family.build();
    }

    private static Stream<Expiry> expiries(PolicyCatalog.InForce policy) {
        return policy.version().expiries().entrySet().stream()
                .map(entry -> new Expiry(new RuleKey.Name(policy.policy(), entry.getKey()), entry.getValue()));
    }
}
