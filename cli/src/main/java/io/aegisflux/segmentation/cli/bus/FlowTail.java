package io.aegisflux.segmentation.cli.bus;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.TelemetryFlows;
import io.aegisflux.segmentation.contracts.Wire;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Subscription;
import java.time.Duration;
import java.util.function.Predicate;

/** The windows of flows that telemetry-service publishes, as they come. */
public final class FlowTail {
    private static final Duration POLL = Duration.ofMillis(250);

    private final BusClient bus;
    private final Subscription windows;

    /** Begins to listen. */
    public FlowTail(BusClient bus) {
        this.bus = requireNonNull(bus, "bus is null");
        this.windows = bus.connection().subscribe(Subjects.TELEMETRY_FLOWS);
        bus.flush("subscribe to " + Subjects.TELEMETRY_FLOWS);
    }

    /**
     * Hands over each window since it began to listen.
     *
     * @param receiver false ends the tail
     * @throws Failure when the connection is closed
     */
    public void read(Predicate<TelemetryFlows> receiver) {
        try {
            boolean more = true;
            while (more) {
                Message message = windows.nextMessage(POLL);
                if (message != null) {
                    more = receiver.test(Wire.read(message.getData(), TelemetryFlows.class));
                } else if (bus.connection().getStatus() == Connection.Status.CLOSED) {
                    throw Failure.noAnswer("the connection is closed", "try again");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
