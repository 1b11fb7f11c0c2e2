package io.aegisflux.segmentation.telemetry.messaging;

import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.nats.NatsMetadata;
import io.aegisflux.segmentation.telemetry.domain.Fleet;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;

/** Hosts' counters come in here: at the start the last of each host, then each as it comes. */
@ApplicationScoped
public class MetricsChannel {
    static final String NAME = "metrics";

    private final Intake intake;
    private final Fleet fleet;

    @Inject
    public MetricsChannel(Intake intake, Fleet fleet) {
        this.intake = intake;
        this.fleet = fleet;
    }

    @Incoming(NAME)
    @Acknowledgment(Acknowledgment.Strategy.MANUAL)
    public CompletionStage<Void> receive(Message<byte[]> message) {
        return intake.take(
                message,
                Streams.METRICS,
                MetricsReport.class,
                report -> report.hostId().value(),
                this::take);
    }

    private void take(MetricsReport report, NatsMetadata metadata) {
        report.ruleHits().forEach(hit -> Plausible.word(hit.ruleId(), "rule_hits/rule_id"));
        fleet.report(report, metadata.timestamp());
    }
}
