package io.aegisflux.segmentation.agent;

import io.aegisflux.segmentation.agent.config.AgentConfig;
import io.aegisflux.segmentation.agent.domain.Counters;
import io.aegisflux.segmentation.agent.domain.HostFacts;
import io.aegisflux.segmentation.agent.domain.Lifecycle;
import io.aegisflux.segmentation.agent.domain.Running;
import io.aegisflux.segmentation.agent.domain.TableIdentity;
import io.aegisflux.segmentation.agent.enforcement.Standing;
import io.aegisflux.segmentation.agent.messaging.BusLink;
import io.aegisflux.segmentation.agent.messaging.Metrics;
import io.aegisflux.segmentation.contracts.Verdict;
import java.time.Instant;
import java.util.Optional;

/** Puts an {@link AgentStatus} together from what the parts know. */
final class StatusPage {
    private StatusPage() {}

    static AgentStatus of(
            AgentConfig config,
            HostFacts facts,
            Standing standing,
            Metrics.Sample sample,
            BusLink bus,
            Agent.Started started,
            Agent agent) {
        Lifecycle state = standing.now();
        Optional<Running> running = sample.running();
        Optional<TableIdentity> identity = running.flatMap(Running::identity);
        return new AgentStatus(
                config.hostId(),
                state.name(),
                state.complaint().orElse(null),
                state instanceof Lifecycle.Enforcing(Running inForce, Optional<String> concern)
                        ? concern.orElse(null)
                        : null,
                facts.kernelVersion(),
                facts.architecture(),
                sample.hooks(),
                running.map(Running::artifactDigest).orElse(null),
                running.map(Running::generation).orElse(0L),
                identity.map(TableIdentity::epoch).orElse(0L),
                identity.map(TableIdentity::revision).orElse(0L),
                identity.map(TableIdentity::tableDigest).orElse(null),
                running.map(Running::tableBytes).orElse(0L),
                running.map(Running::tableCapacity).orElse(0L),
                sample.table().policies(),
                bus.isConnected(),
                bus.state(),
                figures(sample),
                standing.lastRefusal()
                        .map(r -> new AgentStatus.Refused(
                                r.refusal().code().name(), r.refusal().message(), r.at()))
                        .orElse(null),
                started.found(),
                Instant.ofEpochMilli(ProcessStart.millis()),
                started.readyMillis(),
                agent.buffered(),
                agent.dropped());
    }

    private static AgentStatus.Figures figures(Metrics.Sample sample) {
        Counters counters = sample.counters();
        return new AgentStatus.Figures(
                counters.packets(),
                counters.packets(Verdict.ALLOWED),
                counters.packets(Verdict.DROPPED),
                counters.packets(Verdict.AUDITED),
                counters.connectionsBlocked(),
                sample.eventsLost());
    }
}
