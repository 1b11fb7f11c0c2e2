package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.ArtifactManifest;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Rollout;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.nats.NatsMetadata;
import io.aegisflux.segmentation.nats.StateFollower;
import io.aegisflux.segmentation.policy.domain.PolicyBook;
import io.aegisflux.segmentation.policy.domain.RolloutBook;
import io.aegisflux.segmentation.policy.domain.World;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jboss.logging.Logger;

/**
 * The world as the streams tell it: policies from the store, hosts from their reports, artifacts from the builder,
 * workloads from the registry. Every instance follows all of it, so it does not matter which one accepted a policy.
 */
@ApplicationScoped
public class WorldState {
    private static final Logger LOG = Logger.getLogger(WorldState.class);
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final Duration SOON = Duration.ofMillis(10);

    private final Bus bus;
    private final VersionStore store;
    private final HostStore hosts;
    private final BuildResults builds;
    private final WorkloadRegistry registry;
    private final OwnReports reports;
    private final RolloutReports rolloutReports;
    private final AtomicReference<World> world = new AtomicReference<>(World.EMPTY);
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile List<StateFollower> followers = List.of();
    private volatile boolean stopped;

    @Inject
    public WorldState(
            Bus bus,
            VersionStore store,
            HostStore hosts,
            BuildResults builds,
            WorkloadRegistry registry,
            OwnReports reports,
            RolloutReports rolloutReports) {
        this.bus = bus;
        this.store = store;
        this.hosts = hosts;
        this.builds = builds;
        this.registry = registry;
        this.reports = reports;
        this.rolloutReports = rolloutReports;
    }

    void start(@Observes StartupEvent event) {
        followers = List.of(
                StateFollower.everything(bus, Streams.ROLLOUTS, Subjects.each(Subjects.ROLLOUTS), this::rollout),
                StateFollower.lastOfEach(bus, Streams.POLICY_STORE, Subjects.each(Subjects.POLICY_STORE), this::policy),
                StateFollower.lastOfEach(bus, Streams.HOSTS, Subjects.each(Subjects.HOSTS), this::host),
                StateFollower.everything(bus, Streams.BUILD_RESULTS, Subjects.BUILDS_COMPLETED, this::artifact),
                StateFollower.lastOfEach(bus, Streams.WORKLOADS, Subjects.each(Subjects.WORKLOADS), this::workload));
    }

    void stop(@Observes ShutdownEvent event) {
        stopped = true;
        followers.forEach(StateFollower::close);
    }

    /** What is known now, without what has expired. */
    public World now() {
        return world.get().at(Instant.now());
    }

    /** As {@link #now}, with what has expired but was not removed yet. */
    World asTold() {
        return world.get();
    }

    /** Whether everything that was stored before the start is known. */
    public boolean isComplete() {
        return !followers.isEmpty() && followers.stream().allMatch(StateFollower::isCaughtUp);
    }

    /** Waits until {@link #isComplete()}; false when the process stops before. */
    boolean awaitComplete() {
        while (!stopped && !isComplete()) {
            Pause.of(SOON);
        }
        return !stopped;
    }

    /** Calls back after each change; the callback must be quick. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    private void policy(byte[] data, NatsMetadata metadata) {
        PolicyId policy = PolicySubjects.stored(metadata.subject());
        Optional<StoredPolicy> version = VersionStore.read(policy, data);
        if (version.isEmpty()) {
            reports.complainOfForeign(
                    "policy-store",
                    "a message that is no version of it; the last version counts",
                    metadata.subject(),
                    metadata.sequence());
        }
        Optional<StoredPolicy> last = version.isPresent()
                ? version
                : patiently(policy, () -> store.newest(policy).version());
        Optional<StoredPolicy> base = last.filter(it -> PolicyBook.baseOf(it) > 0)
                .flatMap(it -> patiently(policy, () -> store.version(policy, PolicyBook.baseOf(it))));
        change(known -> known.with(last.map(it -> known.policies().with(it, base, metadata.sequence()))
                .orElseGet(() -> known.policies().readTo(metadata.sequence()))));
        version.filter(it -> it.canary() != null).ifPresent(it -> rolloutReports.started(it, metadata.timestamp()));
        now().policies().unreadable().stream()
                .filter(entry -> entry.stored().policyId().equals(policy))
                .forEach(this::complain);
    }

    /** Tries until it is known: a policy that is passed over would be as if deleted. */
    private static Optional<StoredPolicy> patiently(PolicyId policy, Supplier<Optional<StoredPolicy>> look) {
        while (true) {
            try {
                return look.get();
            } catch (BusException e) {
                LOG.warnf("a version of %s is looked for again: %s", policy, e.getMessage());
                Pause.of(RETRY);
            }
        }
    }

    private void rollout(byte[] data, NatsMetadata metadata) {
        Optional<Rollout> word = RolloutStore.read(metadata.token(), data);
        if (word.isEmpty()) {
            reports.complainOfForeign(
                    "rollouts",
                    "a message that is no word about a rollout of it; what was decided before counts",
                    metadata.subject(),
                    metadata.sequence());
        }
        RolloutBook before = now().rollouts();
        change(known -> known.with(word.map(it -> known.rollouts().with(it, metadata.sequence()))
                .orElseGet(() -> known.rollouts().readTo(metadata.sequence()))));
        word.filter(it -> !before.of(it.policyId(), it.version()).equals(Optional.of(it)))
                .filter(it -> now().rollouts().of(it.policyId(), it.version()).equals(Optional.of(it)))
                .ifPresent(it -> rolloutReports.decided(it, metadata));
    }

    private void complain(PolicyBook.Entry entry) {
        StoredPolicy stored = entry.stored();
        reports.complain(
                SystemEvent.ERROR,
                "policy-store",
                "version %d of %s, accepted earlier, is refused by this release (%s: %s): no host is told anything until it"
                                .formatted(
                                        stored.version(),
                                        stored.policyId(),
                                        entry.violations().getFirst().path(),
                                        entry.violations().getFirst().reason())
                        + " is published anew or deleted",
                Map.of("policy_id", stored.policyId(), "version", stored.version(), "violations", entry.violations()),
                "unreadable-%s-%d".formatted(stored.policyId(), stored.version()));
    }

    private void host(byte[] data, NatsMetadata metadata) {
        if (HostStore.isRemoval(metadata.token(), data, metadata.headers())) {
            change(known -> known.with(known.hosts().without(new HostId(metadata.token()), metadata.sequence())));
            return;
        }
        Optional<CapabilityReport> report = HostStore.read(metadata.token(), data);
        if (report.isEmpty()) {
            reports.complainOfForeign(
                    "hosts",
                    "a message that is no report of this host; what it reported before counts",
                    metadata.subject(),
                    metadata.sequence());
            // The stream keeps one message a host: it is written there again for whoever starts next.
            Optional.ofNullable(now().hosts().reports().get(new HostId(metadata.token())))
                    .ifPresent(known ->
                            hosts.keep(known, now().hosts().reportedAt().get(known.hostId())));
        }
        change(known -> known.with(report.map(it -> known.hosts()
                        .with(
                                it,
                                HostStore.reportedAt(metadata.headers()).orElse(metadata.timestamp()),
                                metadata.sequence()))
                .orElseGet(() -> known.hosts().readTo(metadata.sequence()))));
    }

    private void artifact(byte[] data, NatsMetadata metadata) {
        Optional<ArtifactManifest> manifest = builds.manifest(data, metadata);
        change(known -> known.with(manifest.map(it -> known.artifacts().with(it, metadata.sequence()))
                .orElseGet(() -> known.artifacts().readTo(metadata.sequence()))));
    }

    private void workload(byte[] data, NatsMetadata metadata) {
        registry.read(data, metadata)
                .or(() -> asTold().registry().knows(metadata.token())
                        ? Optional.empty()
                        : registry.before(metadata.subject(), metadata.sequence()))
                .ifPresent(it -> change(known -> known.with(known.registry().with(it.registration(), it.sequence()))));
    }

    private void change(UnaryOperator<World> how) {
        world.updateAndGet(how);
        listeners.forEach(Runnable::run);
    }
}
