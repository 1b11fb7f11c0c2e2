package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * One decision, or several equal ones, on {@code segmentation.events.<host>}.
 *
 * @param id unique
 * @param eventType packet_dropped, packet_allowed or connection_blocked
 * @param policyId the policy that decided, null for the posture and the failsafe
 * @param policyVersion its version, null with policyId
 * @param ruleId its rule, or {@link TableRule#DEFAULT_RULE_ID}; null with policyId
 * @param sourceIp literal address; null where the hook cannot know it
 * @param destIp as sourceIp
 * @param sourcePort 0 where there is none
 * @param destPort 0 where there is none
 * @param protocol tcp, udp, icmp, icmpv6, sctp or the number
 * @param interfaceName {@code interface} on the wire; null where the hook cannot know it
 * @param generation the table in force, counted by the host
 * @param count how many equal decisions this stands for
 * @param lost how many events were lost before this one since the last
 * @param number of this host's events in the order of sending, from 1 on since the agent's start, so that a reader sees which
 *     did not reach it; 0 for one that has none
 * @param metadata bytes, pid, comm, first, last: what belongs to the decision
 */
public record FlowEvent(
        String id,
        HostId hostId,
        String eventType,
        PolicyId policyId,
        Long policyVersion,
        String ruleId,
        Reason reason,
        Verdict verdict,
        Direction direction,
        Hook hook,
        String sourceIp,
        String destIp,
        int sourcePort,
        int destPort,
        String protocol,
        String interfaceName,
        long generation,
        long count,
        long lost,
        long number,
        Instant timestamp,
        Map<String, Object> metadata) {

    public static final String PACKET_DROPPED = "packet_dropped";
    public static final String PACKET_ALLOWED = "packet_allowed";
    public static final String CONNECTION_BLOCKED = "connection_blocked";

    private static final Set<String> TYPES = Set.of(PACKET_DROPPED, PACKET_ALLOWED, CONNECTION_BLOCKED);

    public FlowEvent {
        requireNonNull(id, "id is missing");
        requireNonNull(hostId, "host_id is missing");
        requireNonNull(eventType, "event_type is missing");
        requireNonNull(reason, "reason is missing");
        requireNonNull(verdict, "verdict is missing");
        requireNonNull(direction, "direction is missing");
        requireNonNull(hook, "hook is missing");
        requireNonNull(protocol, "protocol is missing");
        requireNonNull(timestamp, "timestamp is missing");
        Figures.requireWord(eventType, TYPES, "event_type");
        Figures.requireDecider(policyId, policyVersion, ruleId);
        Figures.requirePort(sourcePort, "source_port");
        Figures.requirePort(destPort, "dest_port");
        Figures.requireCount(generation, "generation");
        Figures.requireCount(count, "count");
        Figures.requireCount(lost, "lost");
        Figures.requireCount(number, "number");
        metadata = Frozen.map(metadata);
    }

    /** The same event as it is sent. */
    public FlowEvent sent(long newLost, long newNumber) {
        return new FlowEvent(
                id,
                hostId,
                eventType,
                policyId,
                policyVersion,
                ruleId,
                reason,
                verdict,
                direction,
                hook,
                sourceIp,
                destIp,
                sourcePort,
                destPort,
                protocol,
                interfaceName,
                generation,
                count,
                newLost,
                newNumber,
                timestamp,
                metadata);
    }

    /** The wire name is the seed's: {@code interface}. */
    @JsonProperty("interface")
    public String interfaceName() {
        return interfaceName;
    }
}
