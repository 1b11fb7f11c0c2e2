package io.aegisflux.segmentation.telemetry.messaging;

import io.aegisflux.segmentation.contracts.PartialFlows;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.nats.NatsConnector;
import io.aegisflux.segmentation.nats.NatsMetadata;
import io.aegisflux.segmentation.telemetry.domain.EventNumbers;
import io.aegisflux.segmentation.telemetry.domain.FlowWindows;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.spi.Connector;

/**
 * What all partitions come to, whichever instance reads them, becomes windows of flows and the live map here. Those of the
 * last quarter of an hour come first: an instance that starts knows what the others know. Handled on a thread of the channel.
 */
@ApplicationScoped
public class PartialsChannel {
    private static final String NAME = "partials";
    private static final long PAUSE_MILLIS = 50;

    private final Intake intake;
    private final FlowWindows windows;
    private final LiveMap map;
    private final StoredState stored;
    private final NatsConnector connector;
    private final Map<String, Long> told = new ConcurrentHashMap<>();
    private volatile long lastSequence;

    @Inject
    public PartialsChannel(
            Intake intake,
            FlowWindows windows,
            LiveMap map,
            StoredState stored,
            @Any @Connector(NatsConnector.NAME) NatsConnector connector) {
        this.intake = intake;
        this.windows = windows;
        this.map = map;
        this.stored = stored;
        this.connector = connector;
    }

    @Incoming(NAME)
    @Acknowledgment(Acknowledgment.Strategy.MANUAL)
    public CompletionStage<Void> receive(Message<byte[]> message) throws InterruptedException {
        while (!stored.isComplete()) { // names on the map
            Thread.sleep(PAUSE_MILLIS);
        }
        CompletionStage<Void> done = intake.take(
                message,
                Streams.PARTIALS,
                PartialFlows.class,
                partial -> partial.source() + "-" + partial.partition(),
                this::take);
        message.getMetadata(NatsMetadata.class).ifPresent(metadata -> lastSequence = metadata.sequence());
        return done;
    }

    private void take(PartialFlows partial, NatsMetadata metadata) {
        told.putAll(partial.numbers());
        windows.add(partial, metadata.sequence(), metadata.timestamp(), System.nanoTime());
        map.add(partial);
        if (isCaughtUp()) {
            windows.count(partial);
        }
    }

    /** Whether all that there was at the start has been taken. */
    boolean isCaughtUp() {
        return connector.isCaughtUp(NAME);
    }

    /** What hosts numbered last, as of this partial or a later one. */
    EventNumbers numbersAfter(long sequence) throws InterruptedException {
        while (lastSequence < sequence) {
            Thread.sleep(PAUSE_MILLIS);
        }
        return new EventNumbers(told);
    }
}
