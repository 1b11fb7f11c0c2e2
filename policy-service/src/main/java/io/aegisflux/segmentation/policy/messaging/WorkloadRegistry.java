package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.PublishHeaders;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.WorkloadId;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.nats.NatsMetadata;
import io.aegisflux.segmentation.nats.StoredMessage;
import io.aegisflux.segmentation.nats.SubjectLog;
import io.aegisflux.segmentation.nats.UnfitServerException;
import io.aegisflux.segmentation.policy.domain.Registration;
import io.aegisflux.segmentation.policy.domain.WorkloadBook;
import io.nats.client.JetStreamApiException;
import io.nats.client.PurgeOptions;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * The registry's stream. It keeps the last messages of each workload: one that is refused is taken out, and what was said
 * before counts, for all instances and after every restart.
 */
@ApplicationScoped
public class WorkloadRegistry {
    private static final Logger LOG = Logger.getLogger(WorkloadRegistry.class);
    private static final String EXPECTED = "Nats-Expected-Last-Subject-Sequence";
    private static final Duration RETRY = Duration.ofMillis(500);

    /** How long a removal stays in the stream, for instances that were cut off meanwhile. */
    private static final Duration REMOVALS_KEPT = Duration.ofDays(1);

    private final Bus bus;
    private final Rejections rejections;
    private final HeardDeletions heard;
    private final SubjectLog log;
    private final Map<String, Removal> removals = new ConcurrentHashMap<>();

    private record Removal(long sequence, Instant at) {}

    /**
     * What counts, and where it stands in the stream.
     *
     * @param registration never a refusal
     */
    record Standing(Registration registration, long sequence) {}

    @Inject
    public WorkloadRegistry(Bus bus, Rejections rejections, HeardDeletions heard) {
        this.bus = bus;
        this.rejections = rejections;
        this.heard = heard;
        this.log = new SubjectLog(bus, Streams.WORKLOADS);
    }

    /**
     * What a message of the stream says; one that is refused is reported and taken out of the stream. A removal that was only
     * heard is published again with a header, so that it counts for who was not there to hear it, too.
     *
     * @return empty when it is refused
     */
    Optional<Standing> read(byte[] body, NatsMetadata metadata) {
        String subject = metadata.subject();
        long sequence = metadata.sequence();
        Registration registration = Registration.of(subject, body);
        if (registration instanceof Registration.Removed(WorkloadId id)
                && !HeardDeletions.isClients(metadata.headers())) {
            if (!heard.isClients(Streams.WORKLOADS, subject, sequence, metadata.headers())) {
                refuse(subject, sequence, HeardDeletions.refusal(subject));
                return Optional.empty();
            }
            remove(id, sequence);
        }
        switch (registration) {
            case Registration.Refused(List<Violation> violations) -> {
                refuse(subject, sequence, violations);
                return Optional.empty();
            }
            case Registration.Removed removed -> removals.put(subject, new Removal(sequence, metadata.timestamp()));
            case Registration.Registered registered -> removals.remove(subject);
        }
        return Optional.of(new Standing(registration, sequence));
    }

    /** What the subject said before that message; what is refused there is taken out too. Tries until it is known: it may be what a rule stands on. */
    Optional<Standing> before(String subject, long sequence) {
        while (true) {
            try {
                Optional<Standing> last = Optional.empty();
                for (Optional<StoredMessage> at = log.next(subject, 1);
                        at.isPresent() && at.get().sequence() < sequence;
                        at = log.next(subject, at.get().sequence() + 1)) {
                    Registration registration =
                            Registration.of(subject, at.get().data());
                    if (registration instanceof Registration.Refused(List<Violation> violations)) {
                        refuse(subject, at.get().sequence(), violations);
                    } else if (!(registration instanceof Registration.Removed)
                            || HeardDeletions.isClients(at.get().headers())) {
                        last = Optional.of(new Standing(registration, at.get().sequence()));
                    }
                }
                return last;
            } catch (BusException e) {
                LOG.warnf("what %s said before is looked for again: %s", subject, e.getMessage());
                Pause.of(RETRY);
            }
        }
    }

    /** The last message of a subject. */
    Optional<StoredMessage> newest(String subject) {
        return log.newest(subject);
    }

    /** The latest message of a subject that has these bytes; empty when none of those that are kept has. */
    Optional<StoredMessage> latest(String subject, byte[] body) {
        Optional<StoredMessage> found = Optional.empty();
        for (Optional<StoredMessage> at = log.next(subject, 1);
                at.isPresent();
                at = log.next(subject, at.get().sequence() + 1)) {
            if (Arrays.equals(at.get().data(), body)) {
                found = at;
            }
        }
        return found;
    }

    /**
     * Publishes the removal of what has expired, so that it is gone for all instances at once, however their clocks go. A
     * workload that was registered anew meanwhile stays: the broker does not take the removal then.
     */
    void removeExpired(WorkloadBook book, Instant now) {
        for (WorkloadBook.Entry entry : book.expired(now)) {
            LOG.infof(
                    "%s expired at %s", entry.workload().id(), entry.workload().expiresAt());
            remove(entry.workload().id(), entry.sequence());
        }
    }

    /** @param sequence of the subject's last message; the broker does not take the removal where it is another by then */
    private void remove(WorkloadId id, long sequence) {
        bus.connection()
                .publish(NatsMessage.builder()
                        .subject(Subjects.workload(id))
                        .headers(new Headers()
                                .put(EXPECTED, Long.toString(sequence))
                                .put(PublishHeaders.AUTHOR, bus.settings().clientName()))
                        .build());
    }

    /** Takes removals out of the stream that every instance has seen long ago. */
    void forgetRemovals(Instant now) {
        removals.forEach((subject, removal) -> {
            if (removal.at().plus(REMOVALS_KEPT).isBefore(now)) {
                try {
                    bus.connection()
                            .jetStreamManagement()
                            .purgeStream(
                                    Streams.WORKLOADS,
                                    PurgeOptions.builder()
                                            .subject(subject)
                                            .sequence(removal.sequence() + 1)
                                            .build());
                    removals.remove(subject, removal);
                } catch (IOException | JetStreamApiException e) {
                    LOG.warnf("the removal of %s stays in the stream for now: %s", subject, e.getMessage());
                }
            }
        });
    }

    private void refuse(String subject, long sequence, List<Violation> violations) {
        try {
            rejections.reportWorkload(subject, sequence, violations);
            bus.connection().jetStreamManagement().deleteMessage(Streams.WORKLOADS, sequence, false);
        } catch (BusException | UnfitServerException | IOException e) {
            LOG.warnf("%s, message %d, stays in the stream for now: %s", subject, sequence, e.getMessage());
        } catch (JetStreamApiException e) {
            LOG.debugf("%s, message %d, was taken out already: %s", subject, sequence, e.getMessage());
        }
    }
}
