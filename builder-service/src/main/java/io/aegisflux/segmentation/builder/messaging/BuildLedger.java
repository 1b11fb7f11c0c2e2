package io.aegisflux.segmentation.builder.messaging;

import io.aegisflux.segmentation.builder.domain.KnownBuild;
import io.aegisflux.segmentation.builder.domain.KnownBuilds;
import io.aegisflux.segmentation.builder.pipeline.Manifests;
import io.aegisflux.segmentation.contracts.BuildCompleted;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.UntrustedEnvelopeException;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.nats.NatsMetadata;
import io.aegisflux.segmentation.nats.StateFollower;
import io.aegisflux.segmentation.nats.StoredMessage;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * What was built so far, as the stream of results tells it from its beginning. Anyone may publish there, so what counts
 * is our own signature.
 */
@ApplicationScoped
public class BuildLedger {
    private static final Logger LOG = Logger.getLogger(BuildLedger.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Bus bus;
    private final Manifests manifests;
    private KnownBuilds known = KnownBuilds.NONE;
    private volatile StateFollower follower;

    @Inject
    public BuildLedger(Bus bus, Manifests manifests) {
        this.bus = bus;
        this.manifests = manifests;
    }

    /**
     * All that was announced up to a message.
     *
     * @param last its sequence, 0 when there is none
     */
    public record Reading(KnownBuilds known, long last) {}

    void start(@Observes StartupEvent event) {
        follower = StateFollower.everything(bus, Streams.BUILD_RESULTS, Subjects.BUILDS_COMPLETED, this::learn);
    }

    void stop(@Observes ShutdownEvent event) {
        follower.close();
    }

    /** What is known now. */
    public synchronized KnownBuilds now() {
        return known;
    }

    /** Whether everything that was announced before the start is known. */
    public boolean isComplete() {
        return follower != null && follower.isCaughtUp();
    }

    /**
     * What is known once every announcement has been read that the stream holds now.
     *
     * @throws BusException when that takes too long
     */
    public Reading upToDate() throws InterruptedException {
        if (!follower.awaitCaughtUp(PATIENCE)) {
            throw new BusException("the results of earlier builds cannot be read", null);
        }
        long last = bus.last(Streams.BUILD_RESULTS, Subjects.BUILDS_COMPLETED)
                .map(StoredMessage::sequence)
                .orElse(0L);
        return new Reading(awaitUpTo(last), last);
    }

    private synchronized KnownBuilds awaitUpTo(long sequence) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (known.sequence() < sequence) {
            long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
            if (left <= 0) {
                throw new BusException("build result %d cannot be read".formatted(sequence), null);
            }
            wait(left);
        }
        return known;
    }

    private void learn(byte[] data, NatsMetadata metadata) {
        Optional<KnownBuild> build = read(data, metadata);
        synchronized (this) {
            known = build.map(each -> known.with(each, metadata.sequence()))
                    .orElseGet(() -> known.past(metadata.sequence()));
            notifyAll();
        }
    }

    private Optional<KnownBuild> read(byte[] data, NatsMetadata metadata) {
        try {
            return Optional.of(
                    manifests.verify(Wire.read(data, BuildCompleted.class).manifest()));
        } catch (UntrustedEnvelopeException | MalformedMessageException e) {
            LOG.warnf("build result %d is not ours: %s", metadata.sequence(), e.getMessage());
            return Optional.empty();
        }
    }
}
