package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;

/**
 * The fleet at one glance, on {@code segmentation.telemetry.summary}. Packets and connections are sums over the hosts'
 * last metrics.
 *
 * @param hosts known hosts
 * @param hostsStale those of them that have not reported for some time
 * @param perHost by host id; of more than 2,000 hosts, those that are stale go first
 * @param topRules by packets, descending
 */
public record TelemetrySummary(
        Instant timestamp,
        int hosts,
        int hostsStale,
        long packetsTotal,
        long packetsAllowed,
        long packetsDropped,
        long packetsAudited,
        long connectionsBlocked,
        long policiesActive,
        long eventsLost,
        List<HostSummary> perHost,
        List<TopRule> topRules) {

    public TelemetrySummary {
        requireNonNull(timestamp, "timestamp is missing");
        Figures.requireCount(hosts, "hosts");
        Figures.requireCount(hostsStale, "hosts_stale");
        Figures.requireCount(packetsTotal, "packets_total");
        Figures.requireCount(packetsAllowed, "packets_allowed");
        Figures.requireCount(packetsDropped, "packets_dropped");
        Figures.requireCount(packetsAudited, "packets_audited");
        Figures.requireCount(connectionsBlocked, "connections_blocked");
        Figures.requireCount(policiesActive, "policies_active");
        Figures.requireCount(eventsLost, "events_lost");
        perHost = Frozen.list(perHost, "per_host");
        topRules = Frozen.list(topRules, "top_rules");
    }

    /**
     * The last that a host said.
     *
     * @param lastReport when the broker took its last metrics, or its last capability report while it has sent none
     */
    public record HostSummary(
            HostId hostId, long revision, Instant lastReport, boolean stale, long packetsAllowed, long packetsDropped) {
        public HostSummary {
            requireNonNull(hostId, "host_id is missing");
            requireNonNull(lastReport, "last_report is missing");
            Figures.requireCount(revision, "revision");
            Figures.requireCount(packetsAllowed, "packets_allowed");
            Figures.requireCount(packetsDropped, "packets_dropped");
        }
    }

    /** A rule that met many packets, over all hosts. */
    public record TopRule(PolicyId policyId, long policyVersion, String ruleId, long packets) {
        public TopRule {
            requireNonNull(policyId, "policy_id is missing");
            requireNonNull(ruleId, "rule_id is missing");
            Figures.requireVersion(policyVersion);
            Figures.requireCount(packets, "packets");
        }
    }
}
