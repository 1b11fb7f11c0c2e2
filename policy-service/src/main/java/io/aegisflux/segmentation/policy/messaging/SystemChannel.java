package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.BuildSpec;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.NatsMetadata;
import io.aegisflux.segmentation.nats.PoisonMessageException;
import io.aegisflux.segmentation.nats.StreamCatalog;
import io.aegisflux.segmentation.policy.domain.ArtifactBook;
import io.smallrye.common.annotation.Blocking;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;

/** Hosts become known by their capability reports, which are kept one a host; what lacks an artifact gets one built. */
@ApplicationScoped
public class SystemChannel {
    private final Bus bus;
    private final WorldState world;
    private final HostStore hosts;

    @Inject
    public SystemChannel(Bus bus, WorldState world, HostStore hosts) {
        this.bus = bus;
        this.world = world;
        this.hosts = hosts;
    }

    @Incoming("system")
    @Blocking
    @Acknowledgment(Acknowledgment.Strategy.MANUAL)
    public CompletionStage<Void> receive(Message<byte[]> message) {
        try {
            NatsMetadata metadata = message.getMetadata(NatsMetadata.class).orElseThrow();
            SystemEvent event = Wire.read(message.getPayload(), SystemEvent.class);
            if (SystemEvent.CAPABILITY_REPORT.equals(event.eventType())) {
                CapabilityReport report = report(event, metadata);
                hosts.keep(report, metadata.timestamp());
                requestBuild(report.architecture());
            }
        } catch (RuntimeException e) {
            return message.nack(e);
        }
        return message.ack();
    }

    private static CapabilityReport report(SystemEvent event, NatsMetadata metadata) {
        CapabilityReport report;
        try {
            report = Wire.mapper().convertValue(event.metadata().get("report"), CapabilityReport.class);
        } catch (IllegalArgumentException e) {
            throw new PoisonMessageException("a capability report that is none: " + e.getMessage(), e);
        }
        // The subject is what the broker's permissions bind to a host; the payload may say anything.
        if (report == null || !report.hostId().value().equals(metadata.token())) {
            throw new PoisonMessageException("a capability report on %s speaks of %s"
                    .formatted(metadata.subject(), report == null ? "nobody" : report.hostId()));
        }
        return report;
    }

    private void requestBuild(String architecture) {
        if (world.now().artifacts().digest(architecture).isPresent()) {
            return;
        }
        BuildSpec spec = new BuildSpec(
                ArtifactBook.PROGRAM_SET,
                ArtifactBook.VARIANT,
                architecture,
                bus.settings().clientName());
        StreamCatalog.ensure(bus, Streams.BUILD_REQUESTS);
        bus.publish(Subjects.BUILDS_REQUESTED, Wire.write(spec), "build-" + architecture);
    }
}
