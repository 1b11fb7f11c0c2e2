package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.Decision;
import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Considered;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.Verdict;
import java.util.List;
import java.util.Optional;

/** Sets what an event says beside what would be decided about its packet now. */
final class ThenAndNow {
    private ThenAndNow() {}

    /** Who decided, and what. */
    private record Decided(Verdict verdict, Reason reason, PolicyId policy, Long version, String rule) {
        boolean isAs(Decided other) {
            // a rate that was used up is not the policy's doing
            boolean rate = reason == Reason.RATE_LIMITED && other.verdict == Verdict.ALLOWED;
            return (rate || verdict == other.verdict) && by().equals(other.by());
        }

        String by() {
            return policy == null ? "no policy" : "%s@v%d/%s".formatted(policy, version, rule);
        }

        String what() {
            return "%s, %s".formatted(verdict.wireName(), reason.wireName());
        }
    }

    /**
     * The difference in a sentence; empty when there is none.
     *
     * @param policies considered now, for their versions
     */
    static Optional<String> difference(FlowEvent event, Decision now, List<Considered> policies) {
        Decided then =
                new Decided(event.verdict(), event.reason(), event.policyId(), event.policyVersion(), event.ruleId());
        Decided today = event.reason() == Reason.RULE_LOG ? noted(event, now, policies) : decided(now);
        return then.isAs(today)
                ? Optional.empty()
                : Optional.of("%s by %s then (%s), by %s now (%s)"
                        .formatted(
                                event.reason() == Reason.RULE_LOG ? "noted" : "decided",
                                then.by(),
                                then.what(),
                                today.by(),
                                today.what()));
    }

    /** As events tell it: what an audit policy would have denied is told by that policy, whichever rule let it pass. */
    private static Decided decided(Decision now) {
        return now.audit() == null
                ? new Decided(now.verdict(), now.reason(), now.policyId(), now.policyVersion(), now.ruleId())
                : new Decided(
                        now.verdict(),
                        now.reason(),
                        now.audit().policyId(),
                        now.audit().policyVersion(),
                        now.audit().ruleId());
    }

    private static Decided noted(FlowEvent event, Decision now, List<Considered> policies) {
        boolean still = now.logged().contains(event.policyId() + "/" + event.ruleId());
        Long version = policies.stream()
                .filter(policy -> still && policy.policyId().equals(event.policyId()))
                .map(Considered::version)
                .findFirst()
                .orElse(null);
        return version == null
                ? new Decided(now.verdict(), now.reason(), null, null, null)
                : new Decided(now.verdict(), Reason.RULE_LOG, event.policyId(), version, event.ruleId());
    }
}
