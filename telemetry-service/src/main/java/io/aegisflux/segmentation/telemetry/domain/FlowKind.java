package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Verdict;

/**
 * What decisions have in common that are one row of flows: neither the source's port nor the hook tells rows apart.
 *
 * @param sourceIp null where the hook cannot know it, as destIp
 * @param policyId null for the posture and the failsafe, as policyVersion and ruleId
 */
record FlowKind(
        HostId host,
        String sourceIp,
        String destIp,
        int destPort,
        String protocol,
        Verdict verdict,
        PolicyId policyId,
        Long policyVersion,
        String ruleId) {

    static FlowKind of(FlowEvent event) {
        return new FlowKind(
                event.hostId(),
                event.sourceIp(),
                event.destIp(),
                event.destPort(),
                event.protocol(),
                event.verdict(),
                event.policyId(),
                event.policyVersion(),
                event.ruleId());
    }
}
