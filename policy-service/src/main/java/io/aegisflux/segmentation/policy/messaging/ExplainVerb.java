package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyExplanation;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.policy.domain.DesiredRecord;
import io.aegisflux.segmentation.policy.domain.Explanations;
import io.aegisflux.segmentation.policy.domain.World;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Why a packet is decided as it is, be it one that is described or one that an event is about: explain. */
@ApplicationScoped
public class ExplainVerb implements PolicyVerbs {
    private final Bus bus;
    private final WorldState world;
    private final DesiredLog desired;
    private final EventHistory events;

    @Inject
    public ExplainVerb(Bus bus, WorldState world, DesiredLog desired, EventHistory events) {
        this.bus = bus;
        this.world = world;
        this.desired = desired;
        this.events = events;
    }

    @Override
    public Map<String, UnaryOperator<byte[]>> verbs() {
        return Map.of(PolicyApi.EXPLAIN, this::explain);
    }

    private byte[] explain(byte[] request) {
        PolicyApi.ExplainRequest wanted = Wire.read(request, PolicyApi.ExplainRequest.class);
        try {
            return Wire.write(wanted.packet() == null ? ofEvent(wanted) : ofPacket(wanted));
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException("not a packet: " + e.getMessage(), e);
        }
    }

    private PolicyExplanation ofPacket(PolicyApi.ExplainRequest wanted) {
        World known = world.now();
        CapabilityReport host = PolicyQueries.host(known, wanted.hostId());
        return Explanations.of(known, host, wanted.packet(), told(host), counters(host), Instant.now());
    }

    private PolicyExplanation ofEvent(PolicyApi.ExplainRequest wanted) {
        FlowEvent event = events.find(wanted.eventId(), wanted.hostId());
        World known = world.now();
        CapabilityReport host = PolicyQueries.host(known, event.hostId());
        return Explanations.of(known, host, event, told(host), counters(host), Instant.now());
    }

    private DesiredRecord told(CapabilityReport host) {
        return desired.now().of(host.hostId());
    }

    private Optional<MetricsReport> counters(CapabilityReport host) {
        return bus.last(Streams.METRICS, Subjects.metrics(host.hostId())).flatMap(message -> {
            try {
                return Optional.of(Wire.read(message.data(), MetricsReport.class));
            } catch (MalformedMessageException e) {
                return Optional.empty();
            }
        });
    }
}
