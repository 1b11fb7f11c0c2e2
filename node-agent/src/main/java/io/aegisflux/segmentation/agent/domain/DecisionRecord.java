package io.aegisflux.segmentation.agent.domain;

import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.Hook;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.Verdict;
import java.time.Instant;

/**
 * A decision of the kernel, resolved to names, or several equal ones.
 *
 * @param first of several, a time that none of them is before
 * @param time of the last
 * @param count how many
 * @param policyId null for the posture and the failsafe
 * @param policyVersion null with policyId
 * @param ruleId null with policyId
 * @param sourceIp literal; null where the hook cannot know it
 * @param protocol the IP protocol number
 * @param icmpType of the packet, where the protocol has types; else 0
 * @param icmpCode as icmpType
 * @param interfaceName null at the connect hooks
 * @param bytes of all
 * @param pid of the connecting process; 0 where there is none
 * @param command of the connecting process; null where there is none
 */
public record DecisionRecord(
        Instant first,
        Instant time,
        long count,
        Hook hook,
        Direction direction,
        Verdict verdict,
        Reason reason,
        PolicyId policyId,
        Long policyVersion,
        String ruleId,
        String sourceIp,
        String destIp,
        int sourcePort,
        int destPort,
        int protocol,
        int icmpType,
        int icmpCode,
        String interfaceName,
        long generation,
        long bytes,
        int pid,
        String command) {

    /** The same decision, taken so often in this time. */
    public DecisionRecord repeated(Instant newFirst, Instant newTime, long newCount, long newBytes) {
        return new DecisionRecord(
                newFirst,
                newTime,
                newCount,
                hook,
                direction,
                verdict,
                reason,
                policyId,
                policyVersion,
                ruleId,
                sourceIp,
                destIp,
                sourcePort,
                destPort,
                protocol,
                icmpType,
                icmpCode,
                interfaceName,
                generation,
                newBytes,
                pid,
                command);
    }
}
