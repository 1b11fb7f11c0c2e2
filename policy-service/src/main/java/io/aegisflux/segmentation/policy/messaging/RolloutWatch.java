package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.PolicyUpdate;
import io.aegisflux.segmentation.contracts.Rollout;
import io.aegisflux.segmentation.contracts.RolloutState;
import io.aegisflux.segmentation.contracts.RolloutStatus;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.nats.NatsMetadata;
import io.aegisflux.segmentation.nats.StateFollower;
import io.aegisflux.segmentation.nats.UnfitServerException;
import io.aegisflux.segmentation.policy.domain.HostSigns;
import io.aegisflux.segmentation.policy.domain.Judgement;
import io.aegisflux.segmentation.policy.domain.StagedVersion;
import io.aegisflux.segmentation.policy.domain.World;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Watches the canary hosts of open rollouts, and promotes or aborts by what they say. Every instance does; what one
 * decides, the others read. What hosts say is read from before the version was stored, so a restart forgets nothing; while
 * no rollout is open, and was not lately, nothing is read.
 */
@ApplicationScoped
public class RolloutWatch {
    private static final Logger LOG = Logger.getLogger(RolloutWatch.class);
    private static final Duration PERIOD = Duration.ofMillis(500);
    private static final Duration SOON = Duration.ofMillis(10);

    /** Between two looks, however much hosts have to say: a look goes over the whole fleet. */
    private static final Duration BREATH = Duration.ofMillis(200);

    /** So long after the decision hosts are still followed: for whoever looks how they get there. */
    private static final Duration AFTERWARDS = Duration.ofMinutes(10);

    /** Counters from before a version tell what its rules' counters were; clocks may be apart a little, too. */
    private static final Duration BEFORE = Duration.ofMinutes(1);

    private final Bus bus;
    private final WorldState world;
    private final DesiredLog desired;
    private final RolloutStore store;
    private final Semaphore work = new Semaphore(0);
    private final Map<PolicyId, Since> since = new HashMap<>();
    private HostSigns signs = new HostSigns(Map.of());
    private List<StateFollower> followers = List.of();
    private long reconnects;
    private volatile boolean stopped;

    /** Since when a version's canary hosts are listened to without a break. */
    private record Since(long version, Instant at) {}

    @Inject
    public RolloutWatch(Bus bus, WorldState world, DesiredLog desired, RolloutStore store) {
        this.bus = bus;
        this.world = world;
        this.desired = desired;
        this.store = store;
    }

    void start(@Observes StartupEvent event) {
        world.onChange(work::release);
        Thread.ofVirtual().name("rollouts").start(this::run);
    }

    void stop(@Observes ShutdownEvent event) {
        stopped = true;
        work.release();
    }

    /** How the latest staged version of a policy stands; empty when its latest version is not staged. */
    synchronized Optional<RolloutStatus> status(PolicyId policy) {
        Instant now = Instant.now();
        return StagedVersion.of(policy, world.now(), desired.now(), signs)
                .map(it -> it.status(true, known(it.stored()).orElse(now), now));
    }

    /** Of every policy whose latest version is staged, without hosts. */
    synchronized List<RolloutStatus> all() {
        Instant now = Instant.now();
        return StagedVersion.all(world.now(), desired.now(), signs).stream()
                .map(it -> it.status(false, known(it.stored()).orElse(now), now))
                .toList();
    }

    private void run() {
        while (!stopped && !(world.isComplete() && desired.isComplete())) {
            Pause.of(SOON);
        }
        while (!stopped) {
            try {
                if (look(world.now())) {
                    Thread.sleep(BREATH);
                    work.tryAcquire(PERIOD.toMillis(), TimeUnit.MILLISECONDS);
                } else {
                    work.acquire();
                }
                work.drainPermits();
            } catch (InterruptedException e) {
                return;
            } catch (BusException | UnfitServerException e) {
                LOG.warnf("rollouts are looked at later: %s", e.getMessage());
                Pause.of(PERIOD);
            } catch (RuntimeException e) {
                LOG.error("the rollouts could not be judged", e);
                Pause.of(PERIOD);
            }
        }
        followers.forEach(StateFollower::close);
    }

    /** False when there is nothing to look at until something changes. */
    private boolean look(World known) {
        List<StagedVersion> open;
        Map<StagedVersion, Judgement> judgements = new HashMap<>();
        synchronized (this) {
            List<StagedVersion> staged = StagedVersion.all(known, desired.now(), signs);
            listenTo(staged.stream().filter(this::isOfInterest).toList());
            open = staged.stream().filter(it -> it.state().isOpen()).toList();
            if (wasAway()) {
                since.clear();
            } else if (followers.stream().allMatch(StateFollower::isCaughtUp)) {
                Instant now = Instant.now();
                open.forEach(it -> judgements.put(it, it.judge(since(it.stored(), now), now)));
            }
        }
        judgements.forEach((staged, judgement) -> {
            switch (judgement) {
                case Judgement.Promote(String reason) -> decide(staged.stored(), RolloutState.PROMOTED, reason);
                case Judgement.Abort(String reason) -> decide(staged.stored(), RolloutState.ABORTED, reason);
                case Judgement.Wait() -> {}
            }
        });
        return !followers.isEmpty();
    }

    private void decide(StoredPolicy staged, RolloutState state, String reason) {
        store.decide(staged, state, reason, Rollout.SERVICE, null);
    }

    private boolean isOfInterest(StagedVersion staged) {
        return staged.state().isOpen()
                || staged.word()
                        .filter(word -> word.since().isAfter(Instant.now().minus(AFTERWARDS)))
                        .isPresent();
    }

    /** Another version begins all anew: what hosts said of it may have passed by unheeded. */
    private void listenTo(List<StagedVersion> staged) {
        Map<PolicyId, HostSigns.Watched> wanted = new HashMap<>();
        staged.forEach(it -> wanted.put(it.stored().policyId(), it.watched()));
        if (signs.watched().entrySet().containsAll(wanted.entrySet())) {
            if (wanted.isEmpty() && !followers.isEmpty()) {
                followers.forEach(StateFollower::close);
                followers = List.of();
                signs = new HostSigns(Map.of());
            }
            return;
        }
        followers.forEach(StateFollower::close);
        HostSigns fresh = new HostSigns(wanted);
        signs = fresh;
        Instant from = staged.stream()
                .map(it -> it.stored().storedAt())
                .min(Instant::compareTo)
                .orElseThrow()
                .minus(BEFORE);
        followers = List.of(
                StateFollower.since(
                        bus,
                        Streams.POLICY_UPDATES,
                        Subjects.each(Subjects.POLICY_UPDATES),
                        from,
                        (data, metadata) -> updated(fresh, data, metadata)),
                StateFollower.since(
                        bus,
                        Streams.METRICS,
                        Subjects.each(Subjects.METRICS),
                        from,
                        (data, metadata) -> measured(fresh, data, metadata)),
                StateFollower.since(
                        bus,
                        Streams.SYSTEM,
                        Subjects.each(Subjects.SYSTEM),
                        from,
                        (data, metadata) -> happened(fresh, data, metadata)));
    }

    /** Whether the broker was away since the last look: the silence of hosts means nothing then. */
    private boolean wasAway() {
        if (!bus.isConnected()) {
            return true;
        }
        long now = bus.connection().getStatistics().getReconnects();
        boolean isSame = now == reconnects;
        reconnects = now;
        return !isSame;
    }

    private Instant since(StoredPolicy staged, Instant now) {
        return known(staged).orElseGet(() -> {
            since.put(staged.policyId(), new Since(staged.version(), now));
            return now;
        });
    }

    private Optional<Instant> known(StoredPolicy staged) {
        return Optional.ofNullable(since.get(staged.policyId()))
                .filter(it -> it.version() == staged.version())
                .map(Since::at);
    }

    private void updated(HostSigns to, byte[] data, NatsMetadata metadata) {
        read(data, PolicyUpdate.class, it -> it.hostId().value(), metadata).ifPresent(update -> {
            synchronized (this) {
                to.updated(update, metadata.timestamp(), Instant.now());
            }
            work.release();
        });
    }

    private void measured(HostSigns to, byte[] data, NatsMetadata metadata) {
        read(data, MetricsReport.class, it -> it.hostId().value(), metadata).ifPresent(report -> {
            synchronized (this) {
                to.measured(report, metadata.timestamp(), Instant.now());
            }
        });
    }

    private void happened(HostSigns to, byte[] data, NatsMetadata metadata) {
        read(data, SystemEvent.class, SystemEvent::hostId, metadata)
                .filter(event -> isHost(event.hostId()))
                .ifPresent(event -> {
                    synchronized (this) {
                        to.happened(new HostId(event.hostId()), event, Instant.now());
                    }
                });
    }

    private boolean isHost(String token) {
        try {
            return world.now().hosts().reports().containsKey(new HostId(token));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Empty for what is none of the host on whose subject it stands: telemetry-service reports those. */
    private static <T> Optional<T> read(byte[] data, Class<T> type, Function<T, String> host, NatsMetadata metadata) {
        try {
            return Optional.of(Wire.read(data, type))
                    .filter(it -> host.apply(it).equals(metadata.token()));
        } catch (MalformedMessageException e) {
            return Optional.empty();
        }
    }
}
