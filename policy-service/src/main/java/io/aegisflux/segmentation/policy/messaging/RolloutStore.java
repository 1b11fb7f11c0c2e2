package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.Author;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Rollout;
import io.aegisflux.segmentation.contracts.RolloutState;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.nats.SequenceConflictException;
import io.aegisflux.segmentation.nats.StoredMessage;
import io.aegisflux.segmentation.nats.SubjectLog;
import io.aegisflux.segmentation.policy.domain.RolloutBook;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.Optional;

/**
 * What became of staged versions, as their stream's leader holds it, and the one place that writes there. Whoever decides
 * names the message that it follows, so of two instances, or of an instance and a client, one decides.
 */
@ApplicationScoped
public class RolloutStore {
    private static final int CONFLICTS_BORNE = 20;

    private final Bus bus;
    private final SubjectLog log;

    /** All that is known of a policy, and the sequence of the subject's last message; 0 for none. */
    private record Known(RolloutBook book, long sequence) {}

    @Inject
    public RolloutStore(Bus bus) {
        this.bus = bus;
        this.log = new SubjectLog(bus, Streams.ROLLOUTS);
    }

    /** How the latest version of a policy stands; promoted when it is not staged. */
    RolloutState stateOf(StoredPolicy latest) {
        return latest.canary() == null
                ? RolloutState.PROMOTED
                : read(latest.policyId()).book().stateOf(latest);
    }

    /**
     * Decides what becomes of a staged version.
     *
     * @param author which client decided it, as it said; null when it did not, or where the service decided
     * @return the decision; empty when it can come to that no more, or is there already
     * @throws BusException when the stream does not take it
     */
    Optional<Rollout> decide(StoredPolicy staged, RolloutState next, String reason, String by, Author author) {
        for (int attempt = 0; attempt < CONFLICTS_BORNE; attempt++) {
            Known known = read(staged.policyId());
            if (!RolloutBook.canFollow(known.book().stateOf(staged), next)) {
                return Optional.empty();
            }
            Rollout rollout = new Rollout(
                    staged.policyId(),
                    staged.version(),
                    staged.canary().baseVersion(),
                    next,
                    reason,
                    Instant.now(),
                    by,
                    author);
            try {
                bus.publishExpecting(Subjects.rollout(staged.policyId()), Wire.write(rollout), null, known.sequence());
                return Optional.of(rollout);
            } catch (SequenceConflictException e) {
                // Somebody else was first; see what it has come to.
            }
        }
        throw new BusException(
                "the rollouts of %s changed %d times meanwhile".formatted(staged.policyId(), CONFLICTS_BORNE), null);
    }

    private Known read(PolicyId policy) {
        String subject = Subjects.rollout(policy);
        RolloutBook book = RolloutBook.EMPTY;
        long sequence = 0;
        for (Optional<StoredMessage> at = log.next(subject, 1); at.isPresent(); at = log.next(subject, sequence + 1)) {
            sequence = at.get().sequence();
            Optional<Rollout> word = read(policy.value(), at.get().data());
            book = word.isPresent() ? book.with(word.get(), sequence) : book;
        }
        return new Known(book, sequence);
    }

    /** A message of the stream, if it is about the policy whose subject it stands on. */
    static Optional<Rollout> read(String policy, byte[] message) {
        try {
            return Optional.of(Wire.read(message, Rollout.class))
                    .filter(rollout -> rollout.policyId().value().equals(policy));
        } catch (MalformedMessageException e) {
            return Optional.empty();
        }
    }
}
