package io.aegisflux.segmentation.telemetry.messaging;

import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.nats.Batch;
import io.aegisflux.segmentation.nats.NatsMetadata;
import io.aegisflux.segmentation.telemetry.domain.FlowWindows;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

/** Events come in here, in the order of their stream, and become windows of flows. */
@ApplicationScoped
public class EventsChannel {
    private static final Logger LOG = Logger.getLogger(EventsChannel.class);

    private final Intake intake;
    private final FlowWindows windows;
    private final LiveMap map;
    private long lastSequence;

    @Inject
    public EventsChannel(Intake intake, FlowWindows windows, LiveMap map) {
        this.intake = intake;
        this.windows = windows;
        this.map = map;
    }

    @Incoming("events")
    @Acknowledgment(Acknowledgment.Strategy.MANUAL)
    public CompletionStage<Void> receive(Message<Batch> batch) {
        batch.getPayload().arrivals().forEach(arrival -> noteGap(arrival.metadata()));
        return intake.takeAll(
                batch, Streams.EVENTS, FlowEvent.class, event -> event.hostId().value(), this::count);
    }

    /** What the stream gave up before it was read here, for its size or its age, is lost: a decision or more for each number. */
    private void noteGap(NatsMetadata metadata) {
        long missing = lastSequence == 0 ? 0 : metadata.sequence() - lastSequence - 1;
        if (missing > 0) { // less than none: the stream was made anew
            LOG.warnf("%d events were gone from %s before they were read", missing, Streams.EVENTS);
            windows.addLost(missing, metadata.timestamp(), System.nanoTime());
        }
        lastSequence = metadata.sequence();
    }

    private void count(FlowEvent event, NatsMetadata metadata) {
        Plausible.word(event.sourceIp(), "source_ip");
        Plausible.word(event.destIp(), "dest_ip");
        Plausible.word(event.protocol(), "protocol");
        Plausible.word(event.ruleId(), "rule_id");
        windows.add(event, metadata.timestamp(), System.nanoTime());
        map.add(event, metadata.timestamp());
    }
}
