package io.aegisflux.segmentation.contracts;

import java.util.List;

/**
 * The answer to a {@link PacketTuple}.
 *
 * @param action ALLOW or DENY
 * @param policyId the deciding policy, null for the posture
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
        logged = logged == null ? List.of() : List.copyOf(logged);
    }

    /** The audit rule that would have denied. */
    public record Audit(PolicyId policyId, long policyVersion, String ruleId) {}
}
