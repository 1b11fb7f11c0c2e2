package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.RegisteredWorkload;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.WorkloadAccepted;
import io.aegisflux.segmentation.contracts.WorkloadId;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.StoredMessage;
import io.aegisflux.segmentation.policy.domain.Registration;
import io.nats.client.Message;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Answers publishes of workloads that ask: once what they say counts here, or with the refusal. */
@ApplicationScoped
public class WorkloadReplies {
    private static final Logger LOG = Logger.getLogger(WorkloadReplies.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** So long an earlier publish of the same bytes is not taken for this one. */
    private static final Duration MOMENT = Duration.ofMillis(100);

    private static final Duration SOON = Duration.ofMillis(5);

    private final Bus bus;
    private final WorldState world;
    private final WorkloadRegistry registry;
    private final PublishAnswers answers;
    private final Rejections rejections;

    @Inject
    public WorkloadReplies(
            Bus bus, WorldState world, WorkloadRegistry registry, PublishAnswers answers, Rejections rejections) {
        this.bus = bus;
        this.world = world;
        this.registry = registry;
        this.answers = answers;
        this.rejections = rejections;
    }

    void start(@Observes StartupEvent event) {
        Thread.ofVirtual()
                .name("workload-replies")
                .start(() -> bus.connection()
                        .createDispatcher(message -> Thread.ofVirtual().start(() -> receive(message)))
                        .subscribe(Subjects.WORKLOADS + ">", bus.settings().clientName() + "-workload-replies"));
    }

    private void receive(Message message) {
        try {
            byte[] body = message.getData() == null ? new byte[0] : message.getData();
            Registration registration = Registration.of(message.getSubject(), body);
            if (registration instanceof Registration.Refused(List<Violation> violations)
                    && Subjects.token(Subjects.WORKLOADS, message.getSubject()).isEmpty()) {
                rejections.reportWorkload(
                        message.getSubject(), 0, violations); // no stream takes it, nobody else sees it
            }
            if (PublishAnswers.areWanted(message)) {
                answer(message, body, registration);
            }
        } catch (RuntimeException e) {
            LOG.errorf(e, "no answer to a publish on %s", message.getSubject());
        }
    }

    private void answer(Message message, byte[] body, Registration registration) {
        switch (registration) {
            case Registration.Refused(List<Violation> violations) ->
                answers.refuse(
                        message,
                        new ApiError(
                                ApiError.INVALID_WORKLOAD,
                                "the workload is refused, nothing has changed",
                                "correct what the violations name and publish again",
                                violations));
            case Registration.Registered(RegisteredWorkload workload) ->
                answer(message, body, new WorkloadAccepted(workload.id(), WorkloadAccepted.REGISTERED));
            case Registration.Removed(WorkloadId id) ->
                answer(message, body, new WorkloadAccepted(id, WorkloadAccepted.REMOVED));
        }
    }

    private void answer(Message message, byte[] body, WorkloadAccepted accepted) {
        Optional<StoredMessage> stored = awaitCounting(message.getSubject(), body);
        if (stored.isEmpty()) {
            answers.refuse(message, notTaken());
        } else if (body.length == 0
                && !wasThere(message.getSubject(), stored.get().sequence())) {
            answers.refuse(message, notFound(accepted.id()));
        } else {
            answers.accept(message, accepted, Streams.WORKLOADS, stored.get().sequence());
        }
    }

    /** Waits until the publish is in the stream and known here. */
    private Optional<StoredMessage> awaitCounting(String subject, byte[] body) {
        long start = System.nanoTime();
        do {
            Optional<StoredMessage> stored = registry.newest(subject).filter(it -> Arrays.equals(it.data(), body));
            if (stored.isEmpty() && System.nanoTime() - start > MOMENT.toNanos()) {
                stored = registry.latest(subject, body); // another came behind it
            }
            if (stored.filter(it -> world.asTold().registry().sequence() >= it.sequence())
                    .isPresent()) {
                return stored;
            }
            Pause.of(SOON);
        } while (System.nanoTime() - start < PATIENCE.toNanos());
        return Optional.empty();
    }

    private boolean wasThere(String subject, long sequence) {
        return registry.before(subject, sequence)
                .filter(it -> it.registration() instanceof Registration.Registered)
                .isPresent();
    }

    private static ApiError notTaken() {
        return new ApiError(
                ApiError.INTERNAL,
                "the stream %s has not taken the publish".formatted(Streams.WORKLOADS),
                "it takes messages of up to 256 KiB and is full at 40,000 or 512 MiB; is it a duplicate of its message id?",
                List.of());
    }

    private static ApiError notFound(WorkloadId id) {
        return new ApiError(
                ApiError.NOT_FOUND,
                "no workload %s is registered".formatted(id),
                "segmentation.api.policy.workloads names them all",
                List.of());
    }
}
