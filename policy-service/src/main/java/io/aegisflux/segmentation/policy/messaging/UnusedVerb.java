package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.NatsMetadata;
import io.aegisflux.segmentation.nats.StreamReplay;
import io.aegisflux.segmentation.policy.domain.Unused;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jboss.logging.Logger;

/** Rules that met no packet: unused. */
@ApplicationScoped
public class UnusedVerb implements PolicyVerbs {
    private static final Logger LOG = Logger.getLogger(UnusedVerb.class);

    /** Counters are published far more often; a host that was silent for longer is said not to be heard. */
    private static final Duration RECENT = Duration.ofMinutes(5);

    private final Bus bus;
    private final WorldState world;

    @Inject
    public UnusedVerb(Bus bus, WorldState world) {
        this.bus = bus;
        this.world = world;
    }

    @Override
    public Map<String, UnaryOperator<byte[]>> verbs() {
        return Map.of(PolicyApi.UNUSED, this::unused);
    }

    private byte[] unused(byte[] request) {
        PolicyApi.UnusedRequest wanted = Wire.read(request, PolicyApi.UnusedRequest.class);
        Map<HostId, MetricsReport> counters = new HashMap<>();
        StreamReplay.since(
                bus,
                Streams.METRICS,
                Subjects.each(Subjects.METRICS),
                Instant.now().minus(RECENT),
                (data, metadata) -> take(data, metadata, counters));
        return Wire.write(Unused.in(world.now(), wanted, counters));
    }

    private static void take(byte[] data, NatsMetadata metadata, Map<HostId, MetricsReport> counters) {
        try {
            MetricsReport report = Wire.read(data, MetricsReport.class);
            if (report.hostId().value().equals(metadata.token())) {
                counters.put(report.hostId(), report);
            }
        } catch (MalformedMessageException e) {
            LOG.debugf("not counters: message %d of %s", metadata.sequence(), metadata.subject());
        }
    }
}
