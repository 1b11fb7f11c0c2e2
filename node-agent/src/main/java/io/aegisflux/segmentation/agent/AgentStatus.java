package io.aegisflux.segmentation.agent;

import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyRef;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What {@code GET /status} tells.
 *
 * @param state the life cycle's word: starting, waiting, enforcing or behind
 * @param complaint why the host does not enforce what was last accepted; null when it does
 * @param concern what is not as wished although it does; null when nothing is
 * @param hooks hook name to how it is attached
 * @param artifact digest of what runs; null when nothing does
 * @param tableDigest of the table in force; null when there is none
 * @param policies in force, with their versions
 * @param nats one sentence about the connection
 * @param lastRefusal null when nothing was refused since the start
 * @param restored what the start found
 * @param readyMillis from the start of the process until what was in force was taken over
 * @param eventsBuffered flow events and reports that wait for the broker
 * @param eventsDropped flow events and reports that the agent dropped
 */
public record AgentStatus(
        HostId hostId,
        String state,
        String complaint,
        String concern,
        String kernel,
        String architecture,
        Map<String, String> hooks,
        String artifact,
        long generation,
        long epoch,
        long revision,
        String tableDigest,
        long tableBytes,
        long tableCapacity,
        List<PolicyRef> policies,
        boolean natsConnected,
        String nats,
        Figures counters,
        Refused lastRefusal,
        String restored,
        Instant startedAt,
        long readyMillis,
        long eventsBuffered,
        long eventsDropped) {

    /** The kernel's counters. */
    public record Figures(
            long packetsTotal,
            long packetsAllowed,
            long packetsDropped,
            long packetsAudited,
            long connectionsBlocked,
            long eventsLost) {}

    /** The last refusal. */
    public record Refused(String reason, String message, Instant at) {}
}
