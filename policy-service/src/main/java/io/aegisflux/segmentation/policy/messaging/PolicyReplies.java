package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.PolicyAccepted;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.MessageHeaders;
import io.aegisflux.segmentation.policy.domain.Acceptance;
import io.aegisflux.segmentation.policy.domain.Outcome;
import io.aegisflux.segmentation.policy.domain.Publish;
import io.aegisflux.segmentation.policy.domain.PublishTerms;
import io.nats.client.Message;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Answers publishes that ask: with the version once it is stored, or with the refusal. */
@ApplicationScoped
public class PolicyReplies {
    private static final Logger LOG = Logger.getLogger(PolicyReplies.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Bus bus;
    private final PublishWatch watch;
    private final PublishAnswers answers;
    private final Rejections rejections;

    @Inject
    public PolicyReplies(Bus bus, PublishWatch watch, PublishAnswers answers, Rejections rejections) {
        this.bus = bus;
        this.watch = watch;
        this.answers = answers;
        this.rejections = rejections;
    }

    void start(@Observes StartupEvent event) {
        Thread.ofVirtual()
                .name("policy-replies")
                .start(() -> bus.connection()
                        .createDispatcher(message -> Thread.ofVirtual().start(() -> receive(message)))
                        .subscribe(Subjects.POLICIES + ">", bus.settings().clientName() + "-replies"));
    }

    private void receive(Message message) {
        try {
            PolicyId policy;
            try {
                policy = PolicySubjects.policy(message.getSubject());
            } catch (IllegalArgumentException e) {
                refuseSubject(message, e);
                return;
            }
            if (PublishAnswers.areWanted(message)) {
                answer(message, policy);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.errorf(e, "no answer to a publish on %s", message.getSubject());
        }
    }

    /** What no stream takes is reported here, for nobody else sees it; the rest is the durable channel's to report. */
    private void refuseSubject(Message message, IllegalArgumentException reason) {
        List<Violation> violations = List.of(PolicySubjects.badId(message.getSubject(), reason));
        if (Subjects.token(Subjects.POLICIES, message.getSubject()).isEmpty()) {
            rejections.report(message.getSubject(), 0, violations);
        }
        if (PublishAnswers.areWanted(message)) {
            answers.refuse(message, invalid(violations));
        }
    }

    private void answer(Message message, PolicyId policy) throws InterruptedException {
        byte[] body = message.getData() == null ? new byte[0] : message.getData();
        Map<String, List<String>> headers = MessageHeaders.of(message.getHeaders());
        PublishTerms terms = PublishTerms.of(headers);
        List<Violation> violations = Acceptance.violations(body, policy, terms);
        if (!violations.isEmpty()) {
            answers.refuse(message, invalid(violations));
            return;
        }
        PublishWatch.Result result = watch.await(policy, body, terms, PATIENCE);
        if (result.outcome().isEmpty()) {
            answers.refuse(message, undecided(result.publish()));
            return;
        }
        switch (result.outcome().get()) {
            case Outcome.Holds(StoredPolicy version) ->
                accept(message, version, result.publish().orElseThrow().sequence());
            case Outcome.NothingThere(Optional<StoredPolicy> deletion) ->
                answers.refuse(message, notFound(policy, deletion));
            case Outcome.Overtaken(StoredPolicy later) -> answers.refuse(message, overtaken(later));
            case Outcome.Conflict(Optional<StoredPolicy> latest) ->
                answers.refuse(message, Conflicts.error(policy, latest));
            case Outcome.NotStored() -> answers.refuse(message, notStored());
        }
    }

    private void accept(Message message, StoredPolicy stored, long sequence) {
        answers.accept(
                message,
                new PolicyAccepted(
                        stored.policyId(), stored.version(), stored.action(), stored.digest(), stored.author()),
                Streams.POLICIES,
                sequence);
    }

    private static ApiError invalid(List<Violation> violations) {
        return new ApiError(
                ApiError.INVALID_POLICY,
                "the document is refused, nothing has changed",
                "correct what the violations name and publish again",
                violations);
    }

    private static ApiError notFound(PolicyId policy, Optional<StoredPolicy> deletion) {
        String when = deletion.map(version -> ": it was deleted with version " + version.version())
                .orElse("");
        return new ApiError(
                ApiError.NOT_FOUND,
                "there is no policy %s%s".formatted(policy, when),
                "segmentation.api.policy.list names those there are",
                List.of());
    }

    private static ApiError overtaken(StoredPolicy later) {
        return new ApiError(
                ApiError.VERSION_CONFLICT,
                "a later publish of %s was decided first, as version %d".formatted(later.policyId(), later.version()),
                "look at what holds and publish again if it should not",
                List.of());
    }

    private static ApiError notStored() {
        return new ApiError(
                ApiError.INTERNAL,
                "the publish was decided, but is not stored",
                "segmentation.system.policy-service says why",
                List.of());
    }

    private static ApiError undecided(Optional<Publish> publish) {
        return publish.isEmpty()
                ? new ApiError(
                        ApiError.INTERNAL,
                        "the stream %s has not taken the publish".formatted(Streams.POLICIES),
                        "is it a duplicate of its message id, or expects another last sequence?",
                        List.of())
                : new ApiError(
                        ApiError.INTERNAL,
                        "not decided within %d s".formatted(PATIENCE.toSeconds()),
                        "it is kept and will be decided; look at segmentation.api.policy.get",
                        List.of());
    }
}
