package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.Decision;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.PolicyExplanation;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Hits;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Loaded;
import io.aegisflux.segmentation.engine.explaining.Explaining;
import java.time.Instant;
import java.util.Optional;

/** Why a packet is decided as it is on a host. */
public final class Explanations {
    private Explanations() {}

    /**
     * The explanation.
     *
     * @param told what was desired of the host last
     * @param counters the host's last ones, when they are at hand
     * @throws IllegalArgumentException when the packet is none
     */
    public static PolicyExplanation of(
            World world,
            CapabilityReport host,
            PacketTuple packet,
            DesiredRecord told,
            Optional<MetricsReport> counters,
            Instant now) {
        Explaining explaining =
                new Explaining(InForce.of(world).on(host.hostId()), World.view(host), world.workloads(), packet, now);
        Decision decision = explaining.decision();
        return new PolicyExplanation(
                decision,
                explaining.policies(),
                explaining.nearest().orElse(null),
                new Loaded(
                        told.revision(),
                        counters.map(MetricsReport::revision).orElse(null),
                        counters.map(MetricsReport::timestamp).orElse(null)),
                counters.flatMap(report -> hits(report, decision)).orElse(null));
    }

    private static Optional<Hits> hits(MetricsReport report, Decision decision) {
        return report.ruleHits().stream()
                .filter(hit -> hit.policyId().equals(decision.policyId())
                        && hit.ruleId().equals(decision.ruleId()))
                .findFirst()
                .map(hit -> new Hits(hit.packets(), hit.lastHit()));
    }
}
