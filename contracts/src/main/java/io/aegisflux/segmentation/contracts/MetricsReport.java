package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A host's counters since its agent's programs were first loaded, on {@code segmentation.metrics.<host>}. The first six
 * figures carry the original agent's names.
 *
 * @param ruleHits packets by policy, version and rule of the table in force
 * @param drops packets by reason
 * @param verdicts packets by the hook that judged them; empty when the agent does not tell them apart. Connect hooks see
 *     no packets: what they refused is connectionsBlocked
 * @param maps how full the maps of flows are; empty when the agent or its kernel cannot tell
 */
public record MetricsReport(
        HostId hostId,
        long packetsTotal,
        long packetsAllowed,
        long packetsDropped,
        long connectionsBlocked,
        long programsLoaded,
        long policiesActive,
        long packetsAudited,
        long epoch,
        long revision,
        long generation,
        long eventsLost,
        long tableBytes,
        long tableCapacity,
        List<RuleHit> ruleHits,
        Map<String, Long> drops,
        List<HookVerdict> verdicts,
        List<MapUse> maps,
        Instant timestamp) {

    public MetricsReport {
        requireNonNull(hostId, "host_id is missing");
        requireNonNull(timestamp, "timestamp is missing");
        Figures.requireCount(packetsTotal, "packets_total");
        Figures.requireCount(packetsAllowed, "packets_allowed");
        Figures.requireCount(packetsDropped, "packets_dropped");
        Figures.requireCount(connectionsBlocked, "connections_blocked");
        Figures.requireCount(programsLoaded, "programs_loaded");
        Figures.requireCount(policiesActive, "policies_active");
        Figures.requireCount(packetsAudited, "packets_audited");
        Figures.requireCount(epoch, "epoch");
        Figures.requireCount(revision, "revision");
        Figures.requireCount(generation, "generation");
        Figures.requireCount(eventsLost, "events_lost");
        Figures.requireCount(tableBytes, "table_bytes");
        Figures.requireCount(tableCapacity, "table_capacity");
        ruleHits = Frozen.listOrEmpty(ruleHits, "rule_hits");
        drops = Frozen.map(drops);
        drops.forEach((reason, packets) -> Figures.requireCount(packets, "drops"));
        verdicts = Frozen.listOrEmpty(verdicts, "verdicts");
        maps = Frozen.listOrEmpty(maps, "maps");
    }

    /**
     * Packets and bytes that met a rule as the deciding one.
     *
     * @param lastHit when the last one did; null when the agent does not tell
     */
    public record RuleHit(
            PolicyId policyId, long policyVersion, String ruleId, long packets, long bytes, Instant lastHit) {
        public RuleHit {
            requireNonNull(policyId, "policy_id is missing");
            requireNonNull(ruleId, "rule_id is missing");
            Figures.requireVersion(policyVersion);
            Figures.requireCount(packets, "packets");
            Figures.requireCount(bytes, "bytes");
        }
    }

    /** Live entries of a map at this time, and how many it holds. */
    public record MapUse(String map, long entries, long capacity) {
        public MapUse {
            requireNonNull(map, "map is missing");
            Figures.requireCount(entries, "entries");
            Figures.requireCount(capacity, "capacity");
        }
    }

    /** Packets and bytes that a hook gave this verdict. */
    public record HookVerdict(Hook hook, Verdict verdict, long packets, long bytes) {
        public HookVerdict {
            requireNonNull(hook, "hook is missing");
            requireNonNull(verdict, "verdict is missing");
            Figures.requireCount(packets, "packets");
            Figures.requireCount(bytes, "bytes");
        }
    }
}
