package io.aegisflux.segmentation.telemetry.messaging;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.NatsMetadata;
import io.aegisflux.segmentation.nats.PoisonMessageException;
import io.aegisflux.segmentation.telemetry.domain.Fleet;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;

/** What hosts can do, and which publishes policy-service refused: of these, what the stream holds counts as well. */
@ApplicationScoped
public class SystemChannel {
    private static final String POLICY_SERVICE = "policy-service";

    private final Intake intake;
    private final Fleet fleet;

    @Inject
    public SystemChannel(Intake intake, Fleet fleet) {
        this.intake = intake;
        this.fleet = fleet;
    }

    @Incoming("system")
    @Incoming("refusals")
    @Acknowledgment(Acknowledgment.Strategy.MANUAL)
    public CompletionStage<Void> receive(Message<byte[]> message) {
        return intake.take(message, Streams.SYSTEM, SystemEvent.class, SystemEvent::hostId, this::take);
    }

    private void take(SystemEvent event, NatsMetadata metadata) {
        switch (event.eventType()) {
            case SystemEvent.CAPABILITY_REPORT -> fleet.report(capabilities(event, metadata), metadata.timestamp());
            case SystemEvent.POLICY_REJECTED -> {
                if (metadata.token().equals(POLICY_SERVICE)) {
                    refused(event);
                }
            }
            default -> {}
        }
    }

    private static CapabilityReport capabilities(SystemEvent event, NatsMetadata metadata) {
        CapabilityReport report;
        try {
            report = Wire.mapper().convertValue(event.metadata().get("report"), CapabilityReport.class);
        } catch (IllegalArgumentException e) {
            throw new PoisonMessageException("a capability report that is none: " + e.getMessage(), e);
        }
        if (report == null || !report.hostId().value().equals(metadata.token())) {
            throw new PoisonMessageException("a capability report on %s speaks of %s"
                    .formatted(metadata.subject(), report == null ? "nobody" : report.hostId()));
        }
        return report;
    }

    private void refused(SystemEvent event) {
        if (event.metadata().get("subject") instanceof String subject
                && event.metadata().get("sequence") instanceof Number sequence
                && sequence.longValue() > 0) {
            policy(subject).ifPresent(policy -> fleet.refused(policy, sequence.longValue()));
        }
    }

    private static Optional<PolicyId> policy(String subject) {
        try {
            return Subjects.token(Subjects.POLICIES, subject).map(PolicyId::new);
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // that is why it was refused
        }
    }
}
