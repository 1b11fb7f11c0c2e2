package io.aegisflux.segmentation.engine.naive;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Decision;
import io.aegisflux.segmentation.contracts.Reason;
import java.util.List;

/**
 * What is decided about a packet.
 *
 * @param by the deciding {@code policy/rule}; null for the posture
 * @param auditBy the audit {@code policy/rule} that would have denied what passes; null if none
 */
public record Answer(Action action, Reason reason, String by, String auditBy, List<String> logged) {
    public static Answer of(Decision decision) {
        return new Answer(
                decision.action(),
                decision.reason(),
                decision.policyId() == null ? null : decision.policyId() + "/" + decision.ruleId(),
                decision.audit() == null
                        ? null
                        : decision.audit().policyId() + "/" + decision.audit().ruleId(),
                decision.logged());
    }
}
