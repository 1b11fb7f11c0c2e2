package io.aegisflux.segmentation.builder.messaging;

import io.aegisflux.segmentation.builder.domain.BuildFailedException;
import io.aegisflux.segmentation.builder.domain.BuildRequest;
import io.aegisflux.segmentation.builder.domain.BuildStage;
import io.aegisflux.segmentation.builder.pipeline.Build;
import io.aegisflux.segmentation.builder.pipeline.Workshop;
import io.aegisflux.segmentation.contracts.BuildSpec;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.nats.NatsMetadata;
import io.aegisflux.segmentation.nats.PoisonMessageException;
import io.aegisflux.segmentation.nats.SequenceConflictException;
import io.aegisflux.segmentation.nats.UnfitServerException;
import io.smallrye.common.annotation.Blocking;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

/** Requests come in here, one at a time, and leave as an artifact's announcement or as a failure with its reason. */
@ApplicationScoped
public class BuildChannel {
    private static final Logger LOG = Logger.getLogger(BuildChannel.class);
    private static final int CONFLICTS_BORNE = 20;
    private static final int STORE_ATTEMPTS = 3;

    private final Workshop workshop;
    private final BuildLedger ledger;
    private final BuildResults results;

    @Inject
    public BuildChannel(Workshop workshop, BuildLedger ledger, BuildResults results) {
        this.workshop = workshop;
        this.ledger = ledger;
        this.results = results;
    }

    @Incoming("builds")
    @Blocking
    @Acknowledgment(Acknowledgment.Strategy.MANUAL)
    public CompletionStage<Void> receive(Message<byte[]> message) {
        try {
            answer(message.getPayload(), message.getMetadata(NatsMetadata.class).orElseThrow());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return message.nack(e);
        } catch (RuntimeException e) {
            return message.nack(e);
        }
        return message.ack();
    }

    private void answer(byte[] body, NatsMetadata metadata) throws InterruptedException {
        switch (BuildRequest.of(spec(body, metadata))) {
            case BuildRequest.Refused(BuildSpec spec, String reason) -> {
                results.refused(metadata.sequence(), spec, new BuildFailedException(BuildStage.REQUEST, reason));
                throw new PoisonMessageException("a build request is refused: " + reason);
            }
            case BuildRequest.Granted granted -> build(granted, metadata);
        }
    }

    private BuildSpec spec(byte[] body, NatsMetadata metadata) {
        try {
            return Wire.read(body == null ? new byte[0] : body, BuildSpec.class);
        } catch (MalformedMessageException e) {
            results.refused(metadata.sequence(), null, new BuildFailedException(BuildStage.REQUEST, e.getMessage()));
            throw e;
        }
    }

    private void build(BuildRequest.Granted granted, NatsMetadata metadata) throws InterruptedException {
        long start = System.nanoTime();
        try {
            finish(granted, metadata, start);
        } catch (BuildFailedException e) {
            results.failed(metadata.sequence(), granted.spec(), e, since(start));
        } catch (BusException e) {
            if (metadata.deliveries() < STORE_ATTEMPTS) {
                throw e; // the broker may be better then
            }
            BuildFailedException failure = new BuildFailedException(BuildStage.STORE, e.getMessage());
            results.failed(metadata.sequence(), granted.spec(), failure, since(start));
        } catch (UnfitServerException e) {
            throw e;
        } catch (RuntimeException e) {
            // A fault of ours must not stop the requests behind this one.
            LOG.errorf(e, "request %d cannot be built", metadata.sequence());
            BuildFailedException failure = new BuildFailedException(BuildStage.COMPILE, "the builder failed: " + e);
            results.failed(metadata.sequence(), granted.spec(), failure, since(start));
        }
    }

    private void finish(BuildRequest.Granted granted, NatsMetadata metadata, long start)
            throws BuildFailedException, InterruptedException {
        Build build = workshop.begin(granted.selection(), granted.spec());
        for (int attempt = 0; attempt < CONFLICTS_BORNE; attempt++) {
            BuildLedger.Reading reading = ledger.upToDate();
            Build.Finished finished = build.finish(reading.known());
            try {
                results.completed(metadata.sequence(), granted.spec(), finished, reading.last(), since(start));
                return;
            } catch (SequenceConflictException e) {
                LOG.infof("%s: another instance was first", granted.selection());
            }
        }
        throw new BusException("results changed %d times meanwhile".formatted(CONFLICTS_BORNE), null);
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
