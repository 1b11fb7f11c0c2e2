package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.FlowRow;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.Verdict;

/**
 * What decisions have in common that are one row of flows: neither the source's port nor the hook tells rows apart.
 *
 * @param recorded whether a host recorded them, instead of telling at once
 * @param sourceIp null where the hook cannot know it, as destIp
 * @param policyId null for the posture and the failsafe, as policyVersion and ruleId
 */
record FlowKind(
        HostId host,
        boolean recorded,
        Direction direction,
        String sourceIp,
        String destIp,
        int destPort,
        String protocol,
        Verdict verdict,
        Reason reason,
        PolicyId policyId,
        Long policyVersion,
        String ruleId) {

    FlowKind withoutPort() {
        return new FlowKind(
                host,
                recorded,
                direction,
                sourceIp,
                destIp,
                0,
                protocol,
                verdict,
                reason,
                policyId,
                policyVersion,
                ruleId);
    }

    static FlowKind of(FlowRow row) {
        return new FlowKind(
                row.hostId(),
                row.eventId() == null,
                row.direction(),
                row.source().ip(),
                row.dest().ip(),
                row.destPort(),
                row.protocol(),
                row.verdict(),
                row.reason(),
                row.policyId(),
                row.policyVersion(),
                row.ruleId());
    }
}
