package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.ArtifactManifest;
import io.aegisflux.segmentation.contracts.BuildCompleted;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.StateFollower;
import io.aegisflux.segmentation.policy.domain.World;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/**
 * The world as the streams tell it: policies from the store, hosts from their reports, artifacts from the builder. Every
 * instance follows all of it, so it does not matter which one accepted a policy.
 */
@ApplicationScoped
public class WorldState {
    private final Bus bus;
    private final AtomicReference<World> world = new AtomicReference<>(World.EMPTY);
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile List<StateFollower> followers = List.of();

    @Inject
    public WorldState(Bus bus) {
        this.bus = bus;
    }

    void start(@Observes StartupEvent event) {
        followers = List.of(
                StateFollower.lastOfEach(
                        bus,
                        Streams.POLICY_STORE,
                        Subjects.each(Subjects.POLICY_STORE),
                        (data, metadata) -> policy(Wire.read(data, StoredPolicy.class), metadata.sequence())),
                StateFollower.lastOfEach(
                        bus,
                        Streams.HOSTS,
                        Subjects.each(Subjects.HOSTS),
                        (data, metadata) -> host(Wire.read(data, CapabilityReport.class))),
                StateFollower.everything(
                        bus,
                        Streams.BUILD_RESULTS,
                        Subjects.BUILDS_COMPLETED,
                        (data, metadata) -> artifact(Wire.read(data, BuildCompleted.class))));
    }

    void stop(@Observes ShutdownEvent event) {
        followers.forEach(StateFollower::close);
    }

    /** What is known now. */
    public World now() {
        return world.get();
    }

    /** Whether everything that was stored before the start is known. */
    public boolean isComplete() {
        return !followers.isEmpty() && followers.stream().allMatch(StateFollower::isCaughtUp);
    }

    /** Calls back after each change; the callback must be quick. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    private void policy(StoredPolicy stored, long sequence) {
        change(known -> known.with(known.policies().with(stored, sequence)));
    }

    private void host(CapabilityReport report) {
        change(known -> known.with(known.hosts().with(report)));
    }

    private void artifact(BuildCompleted completed) {
        ArtifactManifest manifest = Wire.read(completed.manifest().payload(), ArtifactManifest.class);
        change(known -> known.with(known.artifacts().with(manifest)));
    }

    private void change(UnaryOperator<World> how) {
        world.updateAndGet(how);
        listeners.forEach(Runnable::run);
    }
}
