package io.aegisflux.segmentation.telemetry.messaging;

import io.aegisflux.segmentation.contracts.PolicyUpdate;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.telemetry.domain.Fleet;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;

/** What hosts applied comes in here. */
@ApplicationScoped
public class PolicyUpdatesChannel {
    private final Intake intake;
    private final Fleet fleet;
    private final PropagationTimer timer;

    @Inject
    public PolicyUpdatesChannel(Intake intake, Fleet fleet, PropagationTimer timer) {
        this.intake = intake;
        this.fleet = fleet;
        this.timer = timer;
    }

    @Incoming("policy-updates")
    @Acknowledgment(Acknowledgment.Strategy.MANUAL)
    public CompletionStage<Void> receive(Message<byte[]> message) {
        return intake.take(
                message,
                Streams.POLICY_UPDATES,
                PolicyUpdate.class,
                update -> update.hostId().value(),
                (update, metadata) -> timer.record(fleet.updated(update)));
    }
}
