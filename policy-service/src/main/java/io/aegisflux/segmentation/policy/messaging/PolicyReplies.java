package io.aegisflux.segmentation.policy.messaging;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.PolicyAccepted;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.engine.parsing.ParseResult;
import io.aegisflux.segmentation.engine.parsing.PolicyParser;
import io.aegisflux.segmentation.nats.ApiEndpoints;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.policy.domain.Publish;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Answers publishes that ask: with the version once it is stored, or with the refusal. The stream itself is silent
 * ({@code no_ack}), for a broker's acknowledgement would reach the publisher first and say nothing about the document.
 * The answer has {@code stream} and {@code seq} too, so that a JetStream client takes it for its acknowledgement, and
 * {@code error} when refused, so that it fails there.
 */
@ApplicationScoped
public class PolicyReplies {
    private static final Logger LOG = Logger.getLogger(PolicyReplies.class);
    private static final String INBOX = "_INBOX";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Bus bus;
    private final WorldState world;
    private final Rejections rejections;
    private final Object changed = new Object();

    @Inject
    public PolicyReplies(Bus bus, WorldState world, Rejections rejections) {
        this.bus = bus;
        this.world = world;
        this.rejections = rejections;
    }

    void start(@Observes StartupEvent event) {
        world.onChange(() -> {
            synchronized (changed) {
                changed.notifyAll();
            }
        });
        Thread.ofVirtual()
                .name("policy-replies")
                .start(() -> bus.connection()
                        .createDispatcher(message -> Thread.ofVirtual().start(() -> receive(message)))
                        .subscribe(Subjects.POLICIES + ">", bus.settings().clientName() + "-replies"));
    }

    private void receive(Message message) {
        try {
            Optional<ApiError> refusal = refusal(message);
            if (!wantsAnswer(message)) {
                return;
            }
            if (refusal.isPresent()) {
                refuse(message, refusal.get());
            } else {
                answerWhenStored(message);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.errorf(e, "no answer to a publish on %s", message.getSubject());
        }
    }

    /** What no stream takes is reported here, for nobody else sees it; the rest is the durable channel's to report. */
    private Optional<ApiError> refusal(Message message) {
        PolicyId policy;
        try {
            policy = PolicySubjects.policy(message.getSubject());
        } catch (IllegalArgumentException e) {
            List<Violation> violations = List.of(PolicySubjects.badId(message.getSubject(), e));
            if (Subjects.token(Subjects.POLICIES, message.getSubject()).isEmpty()) {
                rejections.report(message.getSubject(), 0, violations);
            }
            return Optional.of(invalid(violations));
        }
        byte[] body = body(message);
        if (body.length > 0 && wantsAnswer(message)) {
            if (PolicyParser.parse(body, policy) instanceof ParseResult.Rejected rejected) {
                return Optional.of(invalid(rejected.violations()));
            }
        }
        return Optional.empty();
    }

    private void answerWhenStored(Message message) throws InterruptedException {
        Publish publish = new Publish(PolicySubjects.policy(message.getSubject()), body(message), 0);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Optional<StoredPolicy> stored = stored(publish);
        while (stored.isEmpty()) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                refuse(
                        message,
                        new ApiError(
                                ApiError.INTERNAL,
                                "not decided within " + PATIENCE.toSeconds() + " s",
                                "it is stored and will be decided; look at segmentation.api.policy.get",
                                List.of()));
                return;
            }
            synchronized (changed) {
                stored = stored(publish);
                if (stored.isEmpty()) {
                    changed.wait(Math.min(left, 1_000));
                }
            }
            stored = stored(publish);
        }
        accept(message, stored.get());
    }

    /** The stored version that says what was published; a policy that never was is deleted already. */
    private Optional<StoredPolicy> stored(Publish publish) {
        Optional<StoredPolicy> latest = world.now().policies().latest(publish.policy());
        if (publish.isDeletion()) {
            return latest.isEmpty() && world.isComplete()
                    ? Optional.of(
                            new StoredPolicy(publish.policy(), 0, StoredPolicy.DELETED, null, null, 0, Instant.EPOCH))
                    : latest.filter(StoredPolicy::isDeleted);
        }
        return latest.filter(stored -> publish.digest().equals(stored.digest()));
    }

    private void accept(Message message, StoredPolicy stored) {
        ObjectNode answer = Wire.mapper()
                .valueToTree(new PolicyAccepted(stored.policyId(), stored.version(), stored.action(), stored.digest()));
        answer.put("stream", Streams.POLICIES).put("seq", Math.max(1, stored.sourceSequence()));
        reply(message, Wire.write(answer), null);
    }

    private void refuse(Message message, ApiError error) {
        ObjectNode answer = Wire.mapper().valueToTree(error);
        answer.putObject("error").put("code", 400).put("err_code", 0).put("description", describe(error));
        reply(message, Wire.write(answer), ApiEndpoints.errorHeaders(error));
    }

    private static String describe(ApiError error) {
        return error.violations().isEmpty()
                ? error.message()
                : "%s: %s"
                        .formatted(
                                error.violations().getFirst().path(),
                                error.violations().getFirst().reason());
    }

    private void reply(Message message, byte[] data, Headers headers) {
        bus.connection()
                .publish(NatsMessage.builder()
                        .subject(message.getReplyTo())
                        .headers(headers)
                        .data(data)
                        .build());
    }

    private static ApiError invalid(List<Violation> violations) {
        return new ApiError(
                ApiError.INVALID_POLICY,
                "the document is refused, nothing has changed",
                "correct what the violations name and publish again",
                violations);
    }

    /** Only inboxes are answered: any other reply subject would make this service write there for the publisher. */
    private static boolean wantsAnswer(Message message) {
        return message.getReplyTo() != null && message.getReplyTo().startsWith(INBOX);
    }

    private static byte[] body(Message message) {
        return message.getData() == null ? new byte[0] : message.getData();
    }
}
