package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Rollout;
import io.aegisflux.segmentation.contracts.RolloutState;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.nats.NatsMetadata;
import io.aegisflux.segmentation.nats.PoisonMessageException;
import io.aegisflux.segmentation.nats.SequenceConflictException;
import io.aegisflux.segmentation.nats.UnfitServerException;
import io.aegisflux.segmentation.policy.domain.Acceptance;
import io.aegisflux.segmentation.policy.domain.Publish;
import io.aegisflux.segmentation.policy.domain.PublishTerms;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
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

/**
 * Publishes come in here, in the order of their stream, and leave as versions in the store or as refusals. One is decided
 * at a time over all instances, so one that has to wait for the broker holds back those behind it: their order is kept.
 * One that no waiting helps is given up and reported, for it must not hold back anything. They are counted from zero on:
 * Prometheus sees no increase in a counter that appears with its first refusal.
 */
@Startup
@ApplicationScoped
public class PolicyChannel {
    private static final Logger LOG = Logger.getLogger(PolicyChannel.class);
    private static final int CONFLICTS_BORNE = 20;

    /** After how many failures that are not the broker's a publish is given up. */
    private static final int ATTEMPTS = 5;

    private final VersionStore store;
    private final RolloutStore rollouts;
    private final Rejections rejections;
    private final HeardDeletions heard;
    private final Counter accepted;
    private final Counter rejected;

    @Inject
    public PolicyChannel(
            VersionStore store,
            RolloutStore rollouts,
            Rejections rejections,
            HeardDeletions heard,
            MeterRegistry metrics) {
        this.store = store;
        this.rollouts = rollouts;
        this.rejections = rejections;
        this.heard = heard;
        this.accepted = Counter.builder("segmentation.policies.accepted")
                .description("Publishes that this instance made a version of.")
                .register(metrics);
        this.rejected = Counter.builder("segmentation.policies.rejected")
                .description("Publishes that this instance refused.")
                .register(metrics);
    }

    @Incoming("policies")
    @Blocking
    @Acknowledgment(Acknowledgment.Strategy.MANUAL)
    public CompletionStage<Void> receive(Message<byte[]> message) {
        NatsMetadata metadata = message.getMetadata(NatsMetadata.class).orElseThrow();
        try {
            decide(message.getPayload(), metadata);
        } catch (BusException | UnfitServerException e) {
            return message.nack(e);
        } catch (RuntimeException e) {
            return message.nack(
                    metadata.deliveries() < ATTEMPTS
                            ? e
                            : new PoisonMessageException(
                                    "given up after %d attempts: %s".formatted(metadata.deliveries(), e), e));
        }
        return message.ack();
    }

    private void decide(byte[] body, NatsMetadata metadata) {
        PolicyId policy;
        try {
            policy = PolicySubjects.policy(metadata.subject());
        } catch (IllegalArgumentException e) {
            reject(metadata, List.of(PolicySubjects.badId(metadata.subject(), e)));
            return;
        }
        Publish publish = new Publish(
                policy,
                body == null ? new byte[0] : body,
                metadata.sequence(),
                metadata.timestamp(),
                PublishTerms.of(metadata.headers()));
        for (int attempt = 0; attempt < CONFLICTS_BORNE; attempt++) {
            if (settle(publish, metadata)) {
                return;
            }
        }
        throw new BusException("the store of %s changed %d times meanwhile".formatted(policy, CONFLICTS_BORNE), null);
    }

    /** False when another writer was first. */
    private boolean settle(Publish publish, NatsMetadata metadata) {
        VersionStore.Newest newest = store.newest(publish.policy());
        RolloutState rollout = newest.version().map(rollouts::stateOf).orElse(RolloutState.PROMOTED);
        switch (judge(publish, newest.version(), rollout)) {
            case Acceptance.Refused(List<Violation> violations) -> reject(metadata, violations);
            case Acceptance.Conflict(Optional<StoredPolicy> latest) ->
                reject(metadata, List.of(Conflicts.violation(publish.policy(), latest)));
            case Acceptance.NothingNew(String reason) ->
                LOG.infof("%s, publish %d: %s", publish.policy(), publish.sequence(), reason);
            case Acceptance.NewVersion(StoredPolicy stored) -> {
                if (stored.isDeleted()
                        && !heard.isClients(
                                Streams.POLICIES, metadata.subject(), metadata.sequence(), metadata.headers())) {
                    reject(metadata, HeardDeletions.refusal(metadata.subject()));
                    return true;
                }
                Optional<Violation> tooLarge = store.tooLarge(stored);
                if (tooLarge.isPresent()) {
                    reject(metadata, List.of(tooLarge.get()));
                    return true;
                }
                if (!append(stored, newest.sequence())) {
                    return false;
                }
                if (rollout.isOpen()) {
                    supersede(newest.version().orElseThrow(), stored);
                }
            }
        }
        return true;
    }

    private boolean append(StoredPolicy stored, long after) {
        try {
            store.append(stored, after);
        } catch (SequenceConflictException e) {
            return false;
        }
        accepted.increment();
        LOG.infof(
                "%s: version %d, %s%s",
                stored.policyId(),
                stored.version(),
                stored.action(),
                stored.author() == null ? "" : " by " + stored.author());
        return true;
    }

    /** The later version holds in any case; this says so of the earlier one. */
    private void supersede(StoredPolicy staged, StoredPolicy later) {
        rollouts.decide(
                staged,
                RolloutState.SUPERSEDED,
                "version %d was published (%s)".formatted(later.version(), later.action()),
                Rollout.CLIENT,
                later.author());
    }

    private static Acceptance judge(Publish publish, Optional<StoredPolicy> latest, RolloutState rollout) {
        try {
            return Acceptance.of(publish, latest, rollout, Instant.now());
        } catch (RuntimeException e) {
            // A fault of ours that will be there again at the next attempt.
            throw new PoisonMessageException("the service cannot judge this document: " + e, e);
        }
    }

    private void reject(NatsMetadata metadata, List<Violation> violations) {
        rejected.increment();
        rejections.report(metadata.subject(), metadata.sequence(), violations);
    }
}
