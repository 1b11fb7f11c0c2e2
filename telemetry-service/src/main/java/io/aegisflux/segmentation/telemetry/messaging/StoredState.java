package io.aegisflux.segmentation.telemetry.messaging;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.NatsConnector;
import io.aegisflux.segmentation.nats.StateFollower;
import io.aegisflux.segmentation.telemetry.domain.Fleet;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.inject.Inject;
import java.util.List;
import org.eclipse.microprofile.reactive.messaging.spi.Connector;

/** Follows what others keep: hosts and policies. policy-service need not run for it. */
@ApplicationScoped
public class StoredState {
    private final Bus bus;
    private final NatsConnector connector;
    private final Fleet fleet;
    private final PropagationTimer timer;
    private volatile List<StateFollower> followers = List.of();

    @Inject
    public StoredState(
            Bus bus, @Any @Connector(NatsConnector.NAME) NatsConnector connector, Fleet fleet, PropagationTimer timer) {
        this.bus = bus;
        this.connector = connector;
        this.fleet = fleet;
        this.timer = timer;
    }

    void start(@Observes StartupEvent event) {
        followers = List.of(
                StateFollower.lastOfEach(
                        bus,
                        Streams.HOSTS,
                        Subjects.each(Subjects.HOSTS),
                        (data, metadata) ->
                                fleet.report(Wire.read(data, CapabilityReport.class), metadata.timestamp())),
                StateFollower.lastOfEach(
                        bus,
                        Streams.POLICY_STORE,
                        Subjects.each(Subjects.POLICY_STORE),
                        (data, metadata) -> timer.record(fleet.stored(Wire.read(data, StoredPolicy.class)))));
    }

    void stop(@Observes ShutdownEvent event) {
        followers.forEach(StateFollower::close);
    }

    /** Whether all that was known when the process started is known to it: before, sums would be too small. */
    public boolean isComplete() {
        return !followers.isEmpty()
                && followers.stream().allMatch(StateFollower::isCaughtUp)
                && connector.isCaughtUp(MetricsChannel.NAME);
    }
}
