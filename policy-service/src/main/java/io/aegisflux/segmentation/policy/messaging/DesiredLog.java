package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.DesiredState;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.nats.NatsMetadata;
import io.aegisflux.segmentation.nats.PendingPublish;
import io.aegisflux.segmentation.nats.SequenceConflictException;
import io.aegisflux.segmentation.nats.StateFollower;
import io.aegisflux.segmentation.nats.StoredMessage;
import io.aegisflux.segmentation.nats.SubjectLog;
import io.aegisflux.segmentation.policy.domain.DesiredBook;
import io.aegisflux.segmentation.policy.domain.DesiredRecord;
import io.aegisflux.segmentation.policy.domain.Position;
import io.aegisflux.segmentation.policy.domain.Word;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * What hosts were told, by whichever instance, as their stream holds it; and the one place that writes there. What is not
 * signed by us is reported, and stands in the book as an overwritten word.
 */
@ApplicationScoped
public class DesiredLog {
    private static final long INLINE_LIMIT = 256 * 1024;
    private static final String POSITION = "Segmentation-Position";

    private final Bus bus;
    private final PolicyKey key;
    private final OwnReports reports;
    private final SubjectLog log;
    private final long configuredEpoch;
    private final AtomicReference<DesiredBook> book = new AtomicReference<>(DesiredBook.EMPTY);
    private final Map<HostId, Writing> writings = new ConcurrentHashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile StateFollower follower;

    @Inject
    public DesiredLog(
            Bus bus, PolicyKey key, OwnReports reports, @ConfigProperty(name = "policy.epoch") long configuredEpoch) {
        this.bus = bus;
        this.key = key;
        this.reports = reports;
        this.configuredEpoch = configuredEpoch;
        this.log = new SubjectLog(bus, Streams.DESIRED);
    }

    void start(@Observes StartupEvent event) {
        follower = StateFollower.lastOfEach(
                bus,
                Streams.DESIRED,
                Subjects.each(Subjects.DESIRED),
                (data, metadata) -> learn(new HostId(metadata.token()), data, metadata));
    }

    void stop(@Observes ShutdownEvent event) {
        follower.close();
    }

    /** What is known now. */
    DesiredBook now() {
        return book.get();
    }

    /** The epoch of what is said next: as configured, unless a later one was used before. */
    long epoch() {
        return Math.max(configuredEpoch, now().epoch());
    }

    /** How long the JSON of a table may be to stand in the message itself, in bytes. */
    long longestInlineTable() {
        // As base64 in the envelope it is a third longer.
        return Math.min(INLINE_LIMIT, bus.connection().getMaxPayload() / 2);
    }

    /** Whether what was said before the start is known. */
    boolean isComplete() {
        return follower != null && follower.isCaughtUp();
    }

    /** Calls back after each message that this instance did not write; the callback must be quick. */
    void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /**
     * Begins to tell a host; one write of a host at a time.
     *
     * @param position of the world that the state was computed from
     * @throws BusException when it cannot be sent
     */
    Writing begin(DesiredState state, Position position) {
        HostId host = state.hostId();
        Writing writing = new Writing(state, position);
        writings.put(host, writing);
        try {
            writing.publish = bus.beginExpecting(
                    Subjects.desired(host),
                    Wire.write(key.sign(Wire.write(state))),
                    Map.of(POSITION, position.toString()),
                    now().of(host).streamSequence());
        } catch (RuntimeException e) {
            writing.end();
            throw e;
        }
        return writing;
    }

    /** A word to a host that is on its way into the stream. Whoever began it awaits it. */
    final class Writing {
        private final DesiredState state;
        private final Position position;
        private final CountDownLatch ended = new CountDownLatch(1);
        private PendingPublish publish;

        private Writing(DesiredState state, Position position) {
            this.state = state;
            this.position = position;
        }

        /**
         * Waits until it stands in the book.
         *
         * @return whether it was said; otherwise another message was first and is in the book now
         * @throws BusException when the stream does not take it
         */
        boolean await() {
            HostId host = state.hostId();
            try {
                Word said = new Word.Own(new DesiredRecord(
                        state.epoch(),
                        state.revision(),
                        state.tableDigest(),
                        state.artifact(),
                        position,
                        publish.await().getSeqno()));
                book.updateAndGet(known -> known.with(host, said));
                return true;
            } catch (SequenceConflictException e) {
                refresh(host);
                return false;
            } finally {
                end();
            }
        }

        private void end() {
            writings.remove(state.hostId(), this);
            ended.countDown();
        }
    }

    /** What the leader holds of a host, for when the follower may be behind. */
    DesiredRecord refresh(HostId host) {
        long known = now().of(host).streamSequence();
        Optional<StoredMessage> newest = log.newest(Subjects.desired(host));
        if (newest.isEmpty()) {
            return book.updateAndGet(it -> it.emptied(host)).of(host);
        }
        long sequence = newest.get().sequence();
        Word word = word(host, newest.get().data(), newest.get().headers(), sequence);
        return book.updateAndGet(it -> sequence < known ? it.corrected(host, word) : it.with(host, word))
                .of(host);
    }

    private void learn(HostId host, byte[] data, NatsMetadata metadata) {
        awaitOwn(host);
        if (metadata.sequence() <= now().of(host).streamSequence()) {
            return; // what this instance has written itself, or a second reading
        }
        Word word = word(host, data, metadata.headers(), metadata.sequence());
        book.updateAndGet(known -> known.with(host, word));
        listeners.forEach(Runnable::run);
    }

    /** So that what this instance is writing comes back when it is in the book. */
    private void awaitOwn(HostId host) {
        Writing own = writings.get(host);
        if (own != null) {
            try {
                own.ended.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Word word(HostId host, byte[] data, Map<String, List<String>> headers, long sequence) {
        Word word = Word.read(host, data, key.verifier(), position(headers), sequence);
        if (word instanceof Word.Foreign foreign) {
            reports.complainOfForeign(
                    "desired-states",
                    "a message that is not of this policy-service, it is written anew: " + foreign.reason(),
                    Subjects.desired(host),
                    sequence);
        }
        return word;
    }

    private static Position position(Map<String, List<String>> headers) {
        return headers.getOrDefault(POSITION, List.of()).stream()
                .findFirst()
                .flatMap(Position::parse)
                .orElse(Position.START);
    }
}
