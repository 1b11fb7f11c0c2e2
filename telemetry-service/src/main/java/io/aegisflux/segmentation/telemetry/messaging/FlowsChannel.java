package io.aegisflux.segmentation.telemetry.messaging;

import io.aegisflux.segmentation.contracts.FlowRecord;
import io.aegisflux.segmentation.contracts.FlowRecords;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.nats.NatsMetadata;
import io.aegisflux.segmentation.telemetry.domain.FlowWindows;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;

/** What hosts recorded comes in here: allowed connections for windows and the map. */
@ApplicationScoped
public class FlowsChannel {
    private final Intake intake;
    private final FlowWindows windows;
    private final LiveMap map;

    @Inject
    public FlowsChannel(Intake intake, FlowWindows windows, LiveMap map) {
        this.intake = intake;
        this.windows = windows;
        this.map = map;
    }

    @Incoming("flows")
    @Acknowledgment(Acknowledgment.Strategy.MANUAL)
    public CompletionStage<Void> receive(Message<byte[]> message) {
        return intake.take(
                message,
                Streams.FLOWS,
                FlowRecords.class,
                records -> records.hostId().value(),
                this::take);
    }

    private void take(FlowRecords records, NatsMetadata metadata) {
        for (FlowRecord flow : records.flows()) {
            Plausible.word(flow.ruleId(), "rule_id");
        }
        windows.add(records, metadata.timestamp(), System.nanoTime());
        map.add(records, metadata.timestamp());
    }
}
