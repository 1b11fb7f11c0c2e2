package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * The answer to a {@link PacketTuple}.
 *
 * @param action ALLOW or DENY
 * @param reason why
 * @param policyId the deciding policy, null for the posture
 * @param policyVersion its version, null with policyId
 * @param ruleId its rule, or {@link TableRule#DEFAULT_RULE_ID}; null with policyId
 * @param audit what an audit policy would have denied, null if nothing
 * @param logged ids of the log and mark rules met on the way, as {@code policy/rule}
 */
public record Decision(
        Action action,
        Reason reason,
        PolicyId policyId,
        Long policyVersion,
        String ruleId,
        Audit audit,
        List<String> logged) {

    public Decision {
        requireNonNull(action, "action is missing");
        requireNonNull(reason, "reason is missing");
        Figures.requireDecider(policyId, policyVersion, ruleId);
        logged = Frozen.listOrEmpty(logged, "logged");
    }

    /** What becomes of the packet, as events tell it. */
    public Verdict verdict() {
        if (action == Action.DENY) {
            return Verdict.DROPPED;
        }
        return audit == null ? Verdict.ALLOWED : Verdict.AUDITED;
    }

    /** The audit rule that would have denied. */
    public record Audit(PolicyId policyId, long policyVersion, String ruleId) {
        public Audit {
            requireNonNull(policyId, "policy_id is missing");
            requireNonNull(ruleId, "rule_id is missing");
            Figures.requireVersion(policyVersion);
        }
    }
}
