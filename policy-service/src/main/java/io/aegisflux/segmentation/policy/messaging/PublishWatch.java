package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.nats.StoredMessage;
import io.aegisflux.segmentation.nats.SubjectLog;
import io.aegisflux.segmentation.policy.domain.Outcome;
import io.aegisflux.segmentation.policy.domain.Publish;
import io.aegisflux.segmentation.policy.domain.PublishTerms;
import io.nats.client.JetStreamApiException;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Follows a publish that was heard on its subject to what it comes to: finds it in its stream, waits until the channel of
 * whichever instance has decided it, and reads the store.
 *
 * <p>Who hears a message is not told its number in the stream. It is found by its bytes and by what its headers say: the
 * latest publish that is equal in all, so what an earlier equal one came to is not taken for the answer. The limit of that is the time from a message's arrival
 * at the broker to its storing, a millisecond or so: where an equal one was decided already, {@link #MOMENT} is waited for
 * another. Only if ours is stored later still, and one that differs came between, is the answer the earlier one's.
 */
@ApplicationScoped
public class PublishWatch {
    private static final Duration MOMENT = Duration.ofMillis(50);

    /** Decisions that store a version are seen in the store at once; for the others the broker is asked, ever less often. */
    private static final Duration FIRST_ASK = Duration.ofMillis(100);

    private static final Duration LAST_ASK = Duration.ofSeconds(1);

    private final Bus bus;
    private final WorldState world;
    private final VersionStore store;
    private final SubjectLog publishes;
    private final String channel;
    private final Object changed = new Object();

    @Inject
    public PublishWatch(
            Bus bus,
            WorldState world,
            VersionStore store,
            @ConfigProperty(name = "mp.messaging.incoming.policies.durable") String channel) {
        this.bus = bus;
        this.world = world;
        this.store = store;
        this.publishes = new SubjectLog(bus, Streams.POLICIES);
        this.channel = channel;
    }

    @PostConstruct
    void listen() {
        world.onChange(() -> {
            synchronized (changed) {
                changed.notifyAll();
            }
        });
    }

    /** What was published, with its number in the stream, and what it came to: both empty when not known in time. */
    record Result(Optional<Publish> publish, Optional<Outcome> outcome) {}

    /**
     * Waits for the decision.
     *
     * @throws BusException when the broker does not answer
     */
    Result await(PolicyId policy, byte[] body, PublishTerms terms, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        Optional<Publish> publish = find(policy, body, terms);
        if (publish.filter(this::isInStore).isPresent()) {
            Thread.sleep(MOMENT);
            publish = find(policy, body, terms);
        }
        Duration ask = FIRST_ASK;
        while (System.nanoTime() < deadline) {
            if (publish.isEmpty()) {
                Thread.sleep(MOMENT);
                publish = find(policy, body, terms);
            } else if (awaitInStore(publish.get(), ask)) {
                return new Result(publish, Optional.of(outcome(publish.get())));
            } else {
                boolean passed = hasPassed(publish.get().sequence());
                Optional<Publish> latest = find(policy, body, terms);
                if (passed && latest.map(Publish::sequence).equals(publish.map(Publish::sequence))) {
                    return new Result(publish, Optional.of(outcome(publish.get())));
                }
                publish = latest;
                ask = ask.compareTo(LAST_ASK) < 0 ? ask.multipliedBy(2) : LAST_ASK;
            }
        }
        return new Result(publish, Optional.empty());
    }

    /** The last publish of these bytes with these headers. */
    private Optional<Publish> find(PolicyId policy, byte[] body, PublishTerms terms) {
        String subject = Subjects.policy(policy);
        Optional<StoredMessage> found = publishes.newest(subject);
        if (found.isPresent() && !isOf(found.get(), body, terms)) {
            found = Optional.empty();
            for (Optional<StoredMessage> at = publishes.next(subject, 1);
                    at.isPresent();
                    at = publishes.next(subject, at.get().sequence() + 1)) {
                found = isOf(at.get(), body, terms) ? at : found;
            }
        }
        return found.map(message -> new Publish(policy, body, message.sequence(), message.time(), terms));
    }

    private static boolean isOf(StoredMessage message, byte[] body, PublishTerms terms) {
        return Arrays.equals(message.data(), body)
                && PublishTerms.of(message.headers()).equals(terms);
    }

    private boolean isInStore(Publish publish) {
        return world.now()
                .policies()
                .latest(publish.policy())
                .filter(publish::isIn)
                .isPresent();
    }

    private boolean hasPassed(long sequence) {
        try {
            return bus.connection()
                            .jetStreamManagement()
                            .getConsumerInfo(Streams.POLICIES, channel)
                            .getAckFloor()
                            .getStreamSequence()
                    >= sequence;
        } catch (IOException | JetStreamApiException e) {
            throw new BusException("cannot see how far %s is: %s".formatted(channel, e.getMessage()), e);
        }
    }

    private boolean awaitInStore(Publish publish, Duration atMost) throws InterruptedException {
        long until = System.nanoTime() + atMost.toNanos();
        synchronized (changed) {
            while (!isInStore(publish)) {
                long left = (until - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    return false;
                }
                changed.wait(left);
            }
            return true;
        }
    }

    private Outcome outcome(Publish publish) {
        Optional<StoredPolicy> at = world.now()
                .policies()
                .latest(publish.policy())
                .filter(version -> version.sourceSequence() == publish.sequence())
                .filter(publish::isIn)
                .or(() -> store.first(publish.policy(), publish::isIn));
        Optional<StoredPolicy> before = at.isPresent()
                ? store.version(publish.policy(), at.get().version() - 1)
                : store.newest(publish.policy()).version();
        return Outcome.of(publish, at, before);
    }
}
