package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.NatsMetadata;
import io.aegisflux.segmentation.nats.PoisonMessageException;
import io.aegisflux.segmentation.nats.SequenceConflictException;
import io.aegisflux.segmentation.nats.StoredMessage;
import io.aegisflux.segmentation.policy.domain.Acceptance;
import io.aegisflux.segmentation.policy.domain.Publish;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.common.annotation.Blocking;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

/** Publishes come in here, in the order of their stream, and leave as versions in the store or as refusals. */
@ApplicationScoped
public class PolicyChannel {
    private static final Logger LOG = Logger.getLogger(PolicyChannel.class);
    private static final int CONFLICTS_BORNE = 20;

    private final Bus bus;
    private final Rejections rejections;
    private final MeterRegistry metrics;

    @Inject
    public PolicyChannel(Bus bus, Rejections rejections, MeterRegistry metrics) {
        this.bus = bus;
        this.rejections = rejections;
        this.metrics = metrics;
    }

    @Incoming("policies")
    @Blocking
    @Acknowledgment(Acknowledgment.Strategy.MANUAL)
    public CompletionStage<Void> receive(Message<byte[]> message) {
        try {
            decide(message.getPayload(), message.getMetadata(NatsMetadata.class).orElseThrow());
        } catch (RuntimeException e) {
            return message.nack(e);
        }
        return message.ack();
    }

    private void decide(byte[] body, NatsMetadata metadata) {
        PolicyId policy;
        try {
            policy = new PolicyId(metadata.token());
        } catch (IllegalArgumentException e) {
            reject(metadata, List.of(PolicySubjects.badId(metadata.subject(), e)));
            return;
        }
        Publish publish = new Publish(policy, body == null ? new byte[0] : body, metadata.sequence());
        for (int attempt = 0; attempt < CONFLICTS_BORNE; attempt++) {
            if (settle(publish, metadata)) {
                return;
            }
        }
        throw new IllegalStateException(
                "the store of %s changed %d times meanwhile".formatted(policy, CONFLICTS_BORNE));
    }

    /** False when another writer was first. */
    private boolean settle(Publish publish, NatsMetadata metadata) {
        String subject = Subjects.policyStore(publish.policy());
        Optional<StoredMessage> last = bus.last(Streams.POLICY_STORE, subject);
        Optional<StoredPolicy> latest = last.map(message -> Wire.read(message.data(), StoredPolicy.class));
        switch (decide(publish, latest)) {
            case Acceptance.Refused(List<Violation> violations) -> reject(metadata, violations);
            case Acceptance.NothingNew(String reason) ->
                LOG.infof("%s, publish %d: %s", publish.policy(), publish.sequence(), reason);
            case Acceptance.NewVersion(StoredPolicy stored) -> {
                try {
                    bus.publishExpecting(
                            subject,
                            Wire.write(stored),
                            "store-%s-%d".formatted(publish.policy(), publish.sequence()),
                            last.map(StoredMessage::sequence).orElse(0L));
                } catch (SequenceConflictException e) {
                    return false;
                }
                metrics.counter("segmentation_policies_accepted").increment();
                LOG.infof("%s: version %d, %s", stored.policyId(), stored.version(), stored.action());
            }
        }
        return true;
    }

    private static Acceptance decide(Publish publish, Optional<StoredPolicy> latest) {
        try {
            return Acceptance.of(publish, latest, Instant.now());
        } catch (RuntimeException e) {
            // A fault of ours must not stop the policies behind it.
            LOG.errorf(e, "publish %d of %s cannot be judged", publish.sequence(), publish.policy());
            throw new PoisonMessageException("the service cannot judge this document: " + e, e);
        }
    }

    private void reject(NatsMetadata metadata, List<Violation> violations) {
        metrics.counter("segmentation_policies_rejected").increment();
        rejections.report(metadata.subject(), metadata.sequence(), violations);
    }
}
