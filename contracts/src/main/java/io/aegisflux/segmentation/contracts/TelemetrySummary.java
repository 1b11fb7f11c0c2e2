package io.aegisflux.segmentation.contracts;

import java.time.Instant;
import java.util.List;

/** The fleet at one glance, on {@code segmentation.telemetry.summary}. */
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
        perHost = List.copyOf(perHost);
        topRules = List.copyOf(topRules);
    }

    public record HostSummary(
            HostId hostId,
            long revision,
            Instant lastReport,
            boolean stale,
            long packetsAllowed,
            long packetsDropped) {}

    public record TopRule(PolicyId policyId, long policyVersion, String ruleId, long packets) {}
}
