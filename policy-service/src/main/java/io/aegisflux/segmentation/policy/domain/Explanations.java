package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.Decision;
import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.PolicyExplanation;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Hits;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Loaded;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Recorded;
import io.aegisflux.segmentation.contracts.Verdict;
import io.aegisflux.segmentation.engine.explaining.Explaining;
import java.time.Instant;
import java.util.List;
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
                loaded(told, counters),
                counters.flatMap(report -> hits(report, decision)).orElse(null));
    }

    /**
     * The explanation of an event's packet on the host where it was made: what was decided then, and what would be now.
     *
     * @throws IllegalArgumentException when the event is not one that an agent makes
     */
    public static PolicyExplanation of(
            World world,
            CapabilityReport host,
            FlowEvent event,
            DesiredRecord told,
            Optional<MetricsReport> counters,
            Instant now) {
        EventPacket read = EventPacket.of(event, host);
        PolicyExplanation today = read.packet()
                .map(packet -> of(world, host, packet, told, counters, now))
                .orElseGet(() -> ofUnparsed(event, told, counters));
        return new PolicyExplanation(
                today.decision(),
                today.policies(),
                today.nearest(),
                today.loaded(),
                today.hits(),
                new Recorded(
                        event,
                        read.packet().orElse(null),
                        read.gaps(),
                        ThenAndNow.difference(event, today.decision(), today.policies())
                                .orElse(null)));
    }

    /** Whatever the policies are: what cannot be parsed is dropped. */
    private static PolicyExplanation ofUnparsed(FlowEvent event, DesiredRecord told, Optional<MetricsReport> counters) {
        Action action = event.verdict() == Verdict.DROPPED ? Action.DENY : Action.ALLOW;
        return new PolicyExplanation(
                new Decision(action, event.reason(), null, null, null, null, List.of()),
                List.of(),
                null,
                loaded(told, counters),
                null);
    }

    private static Loaded loaded(DesiredRecord told, Optional<MetricsReport> counters) {
        return new Loaded(
                told.revision(),
                counters.map(MetricsReport::revision).orElse(null),
                counters.map(MetricsReport::timestamp).orElse(null));
    }

    private static Optional<Hits> hits(MetricsReport report, Decision decision) {
        return report.ruleHits().stream()
                .filter(hit -> hit.policyId().equals(decision.policyId())
                        && hit.ruleId().equals(decision.ruleId()))
                .findFirst()
                .map(hit -> new Hits(hit.packets(), hit.lastHit()));
    }
}
