package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;

/**
 * Connections that a host saw and that are alike for a policy, but for a source's port that its system chose: one row of {@link FlowRecords}.
 *
 * @param direction of the connection's first packet, as the host sees it: INGRESS or EGRESS
 * @param sourceIp who opened it; null where the hook that refused it cannot know it
 * @param sourcePort below {@link #CHOSEN_PORTS}; null for those from there on, and where there is none
 * @param destIp null for a packet that could not be parsed that far
 * @param destPort null for a protocol without ports
 * @param protocol as {@link Protocols#name} has it
 * @param icmpType of its first packet; null for other protocols
 * @param icmpCode as icmpType
 * @param interfaceName {@code interface} on the wire; null where it is not known
 * @param policyId the policy that decided, null for the posture and for what was open before the first table
 * @param policyVersion null with policyId
 * @param ruleId null with policyId
 * @param count connections that were begun since the record before; of what was dropped the packets; 0 for connections that
 *     merely go on
 * @param last when the last packet was seen
 */
public record FlowRecord(
        Direction direction,
        String sourceIp,
        Integer sourcePort,
        String destIp,
        Integer destPort,
        String protocol,
        Integer icmpType,
        Integer icmpCode,
        String interfaceName,
        Verdict verdict,
        Reason reason,
        PolicyId policyId,
        Long policyVersion,
        String ruleId,
        long count,
        Instant last) {

    /** From this on systems choose a source's port for themselves; records do not tell those apart. */
    public static final int CHOSEN_PORTS = 1024;

    public FlowRecord {
        requireNonNull(direction, "direction is missing");
        requireNonNull(protocol, "protocol is missing");
        requireNonNull(verdict, "verdict is missing");
        requireNonNull(reason, "reason is missing");
        requireNonNull(last, "last is missing");
        if (direction == Direction.BOTH) {
            throw new IllegalArgumentException("a connection's direction is ingress or egress, not both");
        }
        if (Protocols.number(protocol).isEmpty()) {
            throw new IllegalArgumentException("no protocol is called " + Quoted.shortened(protocol));
        }
        if (sourceIp != null) {
            Addresses.parse(sourceIp);
        }
        if (sourcePort != null && (sourcePort < 0 || sourcePort >= CHOSEN_PORTS)) {
            throw new IllegalArgumentException(
                    "source_port is 0 to %d, not %d".formatted(CHOSEN_PORTS - 1, sourcePort));
        }
        if (destIp != null) {
            Addresses.parse(destIp);
        }
        if (destPort != null) {
            Figures.requirePort(destPort, "dest_port");
        }
        Figures.requireByteOrNull(icmpType, "icmp_type");
        Figures.requireByteOrNull(icmpCode, "icmp_code");
        Figures.requireDecider(policyId, policyVersion, ruleId);
        Figures.requireCount(count, "count");
    }

    /** As rules call it: {@code interface}. */
    @JsonProperty("interface")
    public String interfaceName() {
        return interfaceName;
    }

    /** The same connections, so many of them, last seen then. */
    public FlowRecord with(long newCount, Instant newLast) {
        return new FlowRecord(
                direction,
                sourceIp,
                sourcePort,
                destIp,
                destPort,
                protocol,
                icmpType,
                icmpCode,
                interfaceName,
                verdict,
                reason,
                policyId,
                policyVersion,
                ruleId,
                newCount,
                newLast);
    }
}
