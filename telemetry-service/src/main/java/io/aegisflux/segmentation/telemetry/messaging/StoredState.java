package io.aegisflux.segmentation.telemetry.messaging;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.RegisteredWorkload;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.contracts.WorkloadId;
import io.aegisflux.segmentation.engine.parsing.WorkloadParser;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.NatsConnector;
import io.aegisflux.segmentation.nats.NatsMetadata;
import io.aegisflux.segmentation.nats.StateFollower;
import io.aegisflux.segmentation.telemetry.domain.Fleet;
import io.aegisflux.segmentation.telemetry.domain.Names;
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
    /** Of a message of segmentation.hosts.* without a body: policy-service removed the host. */
    private static final String REMOVED = "Segmentation-Removed";

    private final Bus bus;
    private final NatsConnector connector;
    private final Fleet fleet;
    private final PropagationTimer timer;
    private final Names names;
    private volatile List<StateFollower> followers = List.of();

    @Inject
    public StoredState(
            Bus bus,
            @Any @Connector(NatsConnector.NAME) NatsConnector connector,
            Fleet fleet,
            PropagationTimer timer,
            Names names) {
        this.bus = bus;
        this.connector = connector;
        this.fleet = fleet;
        this.timer = timer;
        this.names = names;
    }

    void start(@Observes StartupEvent event) {
        followers = List.of(
                StateFollower.lastOfEach(bus, Streams.HOSTS, Subjects.each(Subjects.HOSTS), this::host),
                StateFollower.lastOfEach(bus, Streams.WORKLOADS, Subjects.each(Subjects.WORKLOADS), this::workload),
                StateFollower.lastOfEach(
                        bus,
                        Streams.POLICY_STORE,
                        Subjects.each(Subjects.POLICY_STORE),
                        (data, metadata) -> timer.record(fleet.stored(Wire.read(data, StoredPolicy.class)))));
    }

    private void host(byte[] data, NatsMetadata metadata) {
        if (data.length > 0) {
            CapabilityReport report = Wire.read(data, CapabilityReport.class);
            fleet.report(report, metadata.timestamp());
            names.host(report);
        } else if (metadata.headers().containsKey(REMOVED)) {
            names.hostGone(metadata.token());
        }
    }

    /** policy-service takes out what it refuses; until then it names nothing here either. */
    private void workload(byte[] data, NatsMetadata metadata) {
        if (data.length == 0) {
            names.unregistered(metadata.token());
        } else if (WorkloadParser.parse(data, new WorkloadId(metadata.token()))
                instanceof WorkloadParser.Result.Accepted(RegisteredWorkload workload)) {
            names.registered(workload);
        }
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
