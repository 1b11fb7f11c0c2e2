package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.ApiException;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.policy.domain.Explanations;
import io.aegisflux.segmentation.policy.domain.World;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Why a packet is decided as it is: explain. */
@ApplicationScoped
public class ExplainVerb implements PolicyVerbs {
    private final Bus bus;
    private final WorldState world;
    private final DesiredLog desired;

    @Inject
    public ExplainVerb(Bus bus, WorldState world, DesiredLog desired) {
        this.bus = bus;
        this.world = world;
        this.desired = desired;
    }

    @Override
    public Map<String, UnaryOperator<byte[]>> verbs() {
        return Map.of(PolicyApi.EXPLAIN, this::explain);
    }

    private byte[] explain(byte[] request) {
        PolicyApi.EvaluateRequest wanted = Wire.read(request, PolicyApi.EvaluateRequest.class);
        World known = world.now();
        CapabilityReport host = known.hosts().reports().get(wanted.hostId());
        if (host == null) {
            throw new ApiException(
                    ApiError.NOT_FOUND,
                    "no host %s has reported".formatted(wanted.hostId()),
                    "segmentation.api.policy.hosts lists those that have");
        }
        try {
            return Wire.write(Explanations.of(
                    known,
                    host,
                    wanted.packet(),
                    desired.now().of(wanted.hostId()),
                    counters(wanted.hostId()),
                    Instant.now()));
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException("not a packet: " + e.getMessage(), e);
        }
    }

    private Optional<MetricsReport> counters(HostId host) {
        return bus.last(Streams.METRICS, Subjects.metrics(host)).flatMap(message -> {
            try {
                return Optional.of(Wire.read(message.data(), MetricsReport.class));
            } catch (MalformedMessageException e) {
                return Optional.empty();
            }
        });
    }
}
