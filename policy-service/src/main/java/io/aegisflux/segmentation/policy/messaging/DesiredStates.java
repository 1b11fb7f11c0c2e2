package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.DesiredState;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.ObjectRef;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.nats.StreamCatalog;
import io.aegisflux.segmentation.nats.UnfitServerException;
import io.aegisflux.segmentation.nats.VerifiedObjects;
import io.aegisflux.segmentation.policy.domain.DesiredRecord;
import io.aegisflux.segmentation.policy.domain.HostTable;
import io.aegisflux.segmentation.policy.domain.Position;
import io.aegisflux.segmentation.policy.domain.Tables;
import io.aegisflux.segmentation.policy.domain.World;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Tells each known host what it must enforce whenever that has changed: one worker that passes through all of them, woken by any change, when a workload
 * expires, and every half minute. Instances do not coordinate; each write names the message it follows, and none replaces a state that was
 * computed from more than it knows itself.
 */
@ApplicationScoped
public class DesiredStates {
    private static final Logger LOG = Logger.getLogger(DesiredStates.class);
    private static final Duration PERIOD = Duration.ofSeconds(30);
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final Duration SOON = Duration.ofMillis(10);

    /** How long the followers may take to bring what another instance knew. */
    private static final Duration LAG = Duration.ofSeconds(10);

    /** After foreign messages were overwritten, so that two writers with different keys do not fight at full speed. */
    private static final Duration TRUCE = Duration.ofMillis(250);

    /** Hosts that are being told at a time: the broker syncs each word, and with a table in each they may be large. */
    private static final int MOST_UNDER_WAY = 32;

    private final Bus bus;
    private final WorldState world;
    private final DesiredLog desired;
    private final RestoreWatch restores;
    private final WorkloadRegistry registry;
    private final VerifiedObjects objects;
    private final Counter published;
    private final Tables tables = new Tables();
    private final Map<HostId, Instant> behindSince = new HashMap<>();
    /** A signature takes longer than all else about a host. */
    private final Executor signers = Executors.newFixedThreadPool(
            Runtime.getRuntime().availableProcessors(),
            Thread.ofPlatform().name("desired-states-", 0).daemon().factory());

    private final Semaphore work = new Semaphore(0);
    private volatile boolean stopped;

    /** A host that is being told. */
    private record UnderWay(
            HostId host, long revision, RuleTable table, CompletableFuture<DesiredLog.Writing> writing) {}

    @Inject
    public DesiredStates(
            Bus bus,
            WorldState world,
            DesiredLog desired,
            RestoreWatch restores,
            WorkloadRegistry registry,
            VerifiedObjects objects,
            MeterRegistry metrics) {
        this.bus = bus;
        this.world = world;
        this.desired = desired;
        this.restores = restores;
        this.registry = registry;
        this.objects = objects;
        this.published = Counter.builder("segmentation.desired.states.published")
                .description("Desired states that this instance computed and told hosts.")
                .register(metrics);
    }

    void start(@Observes StartupEvent event) {
        world.onChange(work::release);
        desired.onChange(work::release);
        Thread.ofVirtual().name("desired-states").start(this::run);
    }

    void stop(@Observes ShutdownEvent event) {
        stopped = true;
        work.release();
    }

    private void run() {
        awaitStreams();
        prepareAcknowledgements();
        work.release();
        while (!stopped) {
            try {
                boolean woken = work.tryAcquire(untilNextLook().toMillis(), TimeUnit.MILLISECONDS);
                LOG.tracef("looks at all hosts, %s", woken ? "woken" : "by the clock");
                work.drainPermits();
                if (!stopped) {
                    registry.removeExpired(world.asTold().registry(), Instant.now());
                    registry.forgetRemovals(Instant.now());
                    tellAll(world.now());
                }
            } catch (InterruptedException e) {
                return;
            } catch (BusException | UnfitServerException e) {
                LOG.warnf("hosts are told later: %s", e.getMessage());
                lookAgain();
            } catch (RuntimeException e) {
                LOG.error("the desired states could not be computed", e);
            }
        }
    }

    private Duration untilNextLook() {
        Duration untilExpiry = world.now()
                .registry()
                .nextExpiry()
                .map(expiry -> Duration.between(Instant.now(), expiry).plusMillis(1))
                .orElse(PERIOD);
        return untilExpiry.compareTo(PERIOD) < 0 ? untilExpiry : PERIOD;
    }

    /** Before all is known a table would lack rules that the host enforces now. */
    private void awaitStreams() {
        while (!stopped && !(world.isComplete() && desired.isComplete())) {
            Pause.of(SOON);
        }
    }

    /**
     * Hosts acknowledge into this stream. Where it is missing, because nobody who reads it was ever started, an agent's
     * reports would wait behind an acknowledgement that nobody takes.
     */
    private void prepareAcknowledgements() {
        while (!stopped) {
            try {
                StreamCatalog.ensure(bus, Streams.POLICY_UPDATES);
                return;
            } catch (BusException | UnfitServerException e) {
                LOG.warnf("hosts are told later: %s", e.getMessage());
                Pause.of(RETRY);
            }
        }
    }

    private void lookAgain() {
        Thread.ofVirtual().start(() -> {
            Pause.of(RETRY);
            work.release();
        });
    }

    private void tellAll(World known) throws InterruptedException {
        if (!known.policies().unreadable().isEmpty()) {
            return; // its rules would be missing; a version that can be read wakes us
        }
        Map<HostId, HostTable> all = tables.of(known);
        Map<String, ObjectRef> stored = new HashMap<>();
        Deque<UnderWay> underWay = new ArrayDeque<>();
        boolean overwrites = false;
        try {
            for (CapabilityReport host : known.hosts().all()) {
                overwrites |= desired.now().of(host.hostId()).isOverwritten();
                if (underWay.size() == MOST_UNDER_WAY) {
                    settle(underWay.removeFirst());
                }
                try {
                    tell(known, host, all.get(host.hostId()), stored).ifPresent(underWay::addLast);
                } catch (RuntimeException e) {
                    passOver(host.hostId(), e);
                }
            }
        } finally {
            settleAll(underWay);
        }
        if (overwrites) {
            Thread.sleep(TRUCE);
        }
    }

    /** Awaits every one, also where some fail. */
    private void settleAll(Deque<UnderWay> all) {
        RuntimeException failure = null;
        for (UnderWay one : all) {
            try {
                settle(one);
            } catch (RuntimeException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Where one host cannot be told the others can, unless it is for the broker. */
    private static void passOver(HostId host, RuntimeException failure) {
        if (failure instanceof BusException || failure instanceof UnfitServerException) {
            throw failure;
        }
        LOG.errorf(failure, "%s could not be told", host);
    }

    private void settle(UnderWay one) {
        boolean isSaid;
        try {
            isSaid = one.writing.join().await();
        } catch (CompletionException e) {
            passOver(one.host, e.getCause() instanceof RuntimeException cause ? cause : e);
            return;
        } catch (RuntimeException e) {
            passOver(one.host, e);
            return;
        }
        if (!isSaid) {
            lookAgain();
            return;
        }
        published.increment();
        LOG.infof(
                "%s: revision %d, %d rules of %d policies",
                one.host,
                one.revision,
                one.table.rules().size(),
                one.table.policies().size());
    }

    /**
     * @param stored tables that this pass has put into objects, by digest
     * @return the write that was begun; empty where nothing is to be said now
     */
    private Optional<UnderWay> tell(
            World known, CapabilityReport host, HostTable table, Map<String, ObjectRef> stored) {
        String artifact = known.artifacts().digest(host.architecture()).orElse(null);
        DesiredRecord last = desired.now().of(host.hostId());
        long epoch = desired.epoch();
        if (last.says(table.digest(), artifact) && last.epoch() >= epoch) {
            return Optional.empty();
        }
        if (last.epoch() >= epoch && mustWait(host.hostId(), last.position(), known.position())) {
            return Optional.empty();
        }
        boolean large = table.bytes() > desired.longestInlineTable();
        DesiredState state = new DesiredState(
                host.hostId(),
                epoch,
                last.revision() + 1,
                large ? null : table.table(),
                large ? stored.computeIfAbsent(table.digest(), ignored -> store(table)) : null,
                table.digest(),
                artifact,
                Instant.now());
        return Optional.of(new UnderWay(
                host.hostId(),
                state.revision(),
                table.table(),
                CompletableFuture.supplyAsync(() -> desired.begin(state, known.position()), signers)));
    }

    /**
     * Whether what was told came of more than we know. The followers will bring it, and wake us. If they do not, the
     * streams are not what they were: hosts and artifacts announce themselves again, policies and rollouts do not.
     */
    private boolean mustWait(HostId host, Position told, Position own) {
        if (!own.isBehind(told)) {
            behindSince.remove(host);
            return false;
        }
        Instant now = Instant.now();
        Instant since = behindSince.computeIfAbsent(host, ignored -> now);
        if (now.isBefore(since.plus(LAG))) {
            lookAgain();
            return true;
        }
        if (own.policies() < told.policies() || own.rollouts() < told.rollouts()) {
            restores.storeIsBehind(host, told, own);
            return true;
        }
        return false;
    }

    private ObjectRef store(HostTable table) {
        return objects.put(Streams.RULE_TABLES_BUCKET, Wire.write(table.table()), Map.of());
    }
}
