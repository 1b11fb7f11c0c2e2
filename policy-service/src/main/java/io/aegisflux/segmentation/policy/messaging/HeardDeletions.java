package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.PublishHeaders;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.policy.domain.PublishTerms;
import io.nats.client.ConnectionListener;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Tells deletions that a client published from status messages of the broker. Who names a subject as the place to reply to
 * makes the broker write there in its own name (RELIABILITY.md §0.2), and a status message has no body. 2.10 stores its
 * status line, 2.15.1 takes the line away: in the stream, a {@code 404} is then an empty publish without headers, as
 * {@code nats pub SUBJECT ''} makes one. Only who hears both when they are sent can tell them apart, so every instance
 * listens. An empty message counts
 *
 * <ul>
 *   <li>with a header of ours that a publish may have: the broker puts none into its own messages;
 *   <li>without, when a plain empty publish was heard on its subject within {@link #MEMORY}.
 * </ul>
 */
@ApplicationScoped
public class HeardDeletions {
    private static final Logger LOG = Logger.getLogger(HeardDeletions.class);
    static final Duration MEMORY = Duration.ofMinutes(1);

    /** How long a publish may be stored before it is heard. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** As above where a status message was heard on the subject: such come by the thousand, and must not hold up others. */
    private static final Duration IMPATIENCE = Duration.ofMillis(20);

    private static final Duration SOON = Duration.ofMillis(5);
    private static final int MOST = 10_000;
    private static final PublishTerms NOTHING_SAID = PublishTerms.of(Map.of());

    private final Bus bus;
    private final Map<String, Long> published = new ConcurrentHashMap<>();
    private final Map<String, Long> statuses = new ConcurrentHashMap<>();
    private final Map<String, Deaf> deaf = new ConcurrentHashMap<>();

    /** What a stream held when we began to listen, or again after a connection was lost: up to there nothing was heard. */
    private record Deaf(long reconnects, long lastSequence) {}

    @Inject
    public HeardDeletions(Bus bus) {
        this.bus = bus;
    }

    void start(@Observes StartupEvent event) {
        Thread.ofVirtual().name("heard-deletions").start(this::listen);
    }

    /** What the streams hold is noted whenever listening begins: what is stored from there on is heard, however late it is judged. */
    private void listen() {
        bus.connection()
                .createDispatcher(this::hear)
                .subscribe(Subjects.each(Subjects.POLICIES))
                .subscribe(Subjects.each(Subjects.WORKLOADS));
        bus.connection().addConnectionListener((connection, event) -> {
            if (event == ConnectionListener.Events.RESUBSCRIBED) {
                Thread.ofVirtual().name("heard-deletions").start(this::note);
            }
        });
        note();
    }

    private void note() {
        for (String stream : List.of(Streams.POLICIES, Streams.WORKLOADS)) {
            try {
                deafTo(stream);
            } catch (BusException e) {
                LOG.debugf("noted when it is asked for: %s", e.getMessage());
            }
        }
    }

    /** Why this empty message of a stream is not taken for a deletion. */
    static List<Violation> refusal(String subject) {
        return List.of(new Violation(
                "",
                "an empty message without a header, and nobody was heard to publish one on %s: the broker writes such"
                                .formatted(subject)
                        + " status messages where a client has it reply",
                "if it was you, delete it again, with the header %s: then it counts however it is heard"
                        .formatted(PublishHeaders.AUTHOR)));
    }

    /** Whether the headers are of a client's publish. */
    static boolean isClients(Map<String, List<String>> headers) {
        return !PublishTerms.of(headers).equals(NOTHING_SAID);
    }

    /**
     * Whether an empty message of a stream is a client's publish. Waits a moment where it was not heard yet.
     *
     * @throws BusException when the broker does not say what the stream holds
     */
    boolean isClients(String stream, String subject, long sequence, Map<String, List<String>> headers) {
        if (isClients(headers)) {
            return true;
        }
        long begin = System.nanoTime();
        while (!isFresh(published, subject)) {
            Duration patience = isFresh(statuses, subject) ? IMPATIENCE : PATIENCE;
            if (sequence <= deafTo(stream) || System.nanoTime() - begin > patience.toNanos()) {
                return false;
            }
            Pause.of(SOON);
        }
        return true;
    }

    private void hear(Message message) {
        if (message.getData() != null && message.getData().length > 0) {
            return;
        }
        Map<String, Long> heard = message.getStatus() != null ? statuses : published;
        if (heard.size() >= MOST) {
            heard.keySet().removeIf(subject -> !isFresh(heard, subject));
        }
        if (heard.size() < MOST) {
            heard.put(message.getSubject(), System.nanoTime());
        }
    }

    private static boolean isFresh(Map<String, Long> heard, String subject) {
        Long at = heard.get(subject);
        return at != null && System.nanoTime() - at < MEMORY.toNanos();
    }

    private long deafTo(String stream) {
        long reconnects = bus.connection().getStatistics().getReconnects();
        return deaf.compute(
                        stream,
                        (name, known) -> known != null && known.reconnects() == reconnects
                                ? known
                                : new Deaf(reconnects, lastSequence(name)))
                .lastSequence();
    }

    private long lastSequence(String stream) {
        try {
            return bus.connection()
                    .jetStreamManagement()
                    .getStreamInfo(stream)
                    .getStreamState()
                    .getLastSequence();
        } catch (IOException | JetStreamApiException e) {
            throw new BusException("cannot see what %s holds: %s".formatted(stream, e.getMessage()), e);
        }
    }
}
