package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.DesiredState;
import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.EnvelopeSigner;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.ObjectRef;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.SignedEnvelope;
import io.aegisflux.segmentation.contracts.SigningKeys;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.nats.SequenceConflictException;
import io.aegisflux.segmentation.nats.StoredMessage;
import io.aegisflux.segmentation.nats.StreamCatalog;
import io.aegisflux.segmentation.nats.UnfitServerException;
import io.aegisflux.segmentation.nats.VerifiedObjects;
import io.aegisflux.segmentation.policy.domain.DesiredRecord;
import io.aegisflux.segmentation.policy.domain.World;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Tells each known host what it must enforce whenever that has changed: one worker, woken by any change of the world and
 * every half minute. Instances do not coordinate; each write names the message it follows, and none replaces a state
 * that was computed from a later store.
 */
@ApplicationScoped
public class DesiredStates {
    private static final Logger LOG = Logger.getLogger(DesiredStates.class);
    private static final String STORE_SEQUENCE = "Segmentation-Store-Sequence";
    private static final int INLINE_LIMIT = 256 * 1024;
    private static final Duration PERIOD = Duration.ofSeconds(30);
    private static final Duration RETRY = Duration.ofMillis(500);

    private final Bus bus;
    private final WorldState world;
    private final VerifiedObjects objects;
    private final EnvelopeSigner signer;
    private final long epoch;
    private final MeterRegistry metrics;
    private final Map<HostId, DesiredRecord> told = new ConcurrentHashMap<>();
    private final Semaphore work = new Semaphore(0);
    private volatile boolean stopped;

    @Inject
    public DesiredStates(
            Bus bus,
            WorldState world,
            VerifiedObjects objects,
            MeterRegistry metrics,
            @ConfigProperty(name = "policy.signing.key") Path signingKey,
            @ConfigProperty(name = "policy.epoch") long epoch) {
        this.bus = bus;
        this.world = world;
        this.objects = objects;
        this.metrics = metrics;
        this.signer = SigningKeys.signer(signingKey);
        this.epoch = epoch;
    }

    void start(@Observes StartupEvent event) {
        world.onChange(work::release);
        Thread.ofVirtual().name("desired-states").start(this::run);
    }

    void stop(@Observes ShutdownEvent event) {
        stopped = true;
        work.release();
    }

    /** What was last told to each host, as far as this instance knows. */
    public Map<HostId, DesiredRecord> told() {
        return Map.copyOf(told);
    }

    private void run() {
        while (!stopped) {
            try {
                work.tryAcquire(PERIOD.toMillis(), TimeUnit.MILLISECONDS);
                work.drainPermits();
                if (world.isComplete() && !stopped) {
                    tellAll(world.now());
                }
            } catch (InterruptedException e) {
                return;
            } catch (BusException | UnfitServerException e) {
                LOG.warnf("hosts are told later: %s", e.getMessage());
                again();
            } catch (RuntimeException e) {
                LOG.error("the desired states could not be computed", e);
            }
        }
    }

    private void again() {
        Thread.ofVirtual().start(() -> {
            try {
                Thread.sleep(RETRY);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            work.release();
        });
    }

    private void tellAll(World known) {
        StreamCatalog.ensure(bus, Streams.DESIRED);
        for (CapabilityReport host : List.copyOf(known.hosts().all())) {
            tell(known, host);
        }
    }

    private void tell(World known, CapabilityReport host) {
        RuleTable table = known.table(host);
        byte[] json = Wire.write(table);
        String digest = Digests.sha256Hex(json);
        String artifact = host.architecture() == null
                ? null
                : known.artifacts().digest(host.architecture()).orElse(null);
        DesiredRecord last = told.computeIfAbsent(host.hostId(), this::read);
        if (last.says(digest, artifact) && last.epoch() >= epoch) {
            return;
        }
        try {
            publish(known, host.hostId(), table, json, digest, artifact, last);
        } catch (SequenceConflictException e) {
            // Another instance was first; see what it said, then decide again.
            told.put(host.hostId(), read(host.hostId()));
            again();
        }
    }

    private void publish(
            World known,
            HostId host,
            RuleTable table,
            byte[] json,
            String digest,
            String artifact,
            DesiredRecord last) {
        long store = known.policies().storeSequence();
        if (last.storeSequence() > store) {
            return; // we are behind: the store will tell us more, and wake us
        }
        boolean large = json.length > INLINE_LIMIT;
        ObjectRef object = large ? objects.put(Streams.RULE_TABLES_BUCKET, json, Map.of()) : null;
        DesiredState state = new DesiredState(
                host,
                Math.max(epoch, last.epoch()),
                last.revision() + 1,
                large ? null : table,
                object,
                digest,
                artifact,
                Instant.now());
        SignedEnvelope envelope = signer.sign(SignedEnvelope.DESIRED_STATE, Wire.write(state));
        long sequence = bus.publishExpecting(
                        Subjects.desired(host),
                        Wire.write(envelope),
                        Map.of(STORE_SEQUENCE, Long.toString(store)),
                        null,
                        last.streamSequence())
                .getSeqno();
        told.put(host, new DesiredRecord(state.epoch(), state.revision(), digest, artifact, store, sequence));
        metrics.counter("segmentation_desired_states_published").increment();
        LOG.infof(
                "%s: revision %d, %d rules of %d policies",
                host, state.revision(), table.rules().size(), table.policies().size());
    }

    private DesiredRecord read(HostId host) {
        return bus.last(Streams.DESIRED, Subjects.desired(host))
                .map(DesiredStates::record)
                .orElse(DesiredRecord.NONE);
    }

    private static DesiredRecord record(StoredMessage message) {
        SignedEnvelope envelope = Wire.read(message.data(), SignedEnvelope.class);
        DesiredState state = Wire.read(envelope.payload(), DesiredState.class);
        long store = message.headers().getOrDefault(STORE_SEQUENCE, List.of("0")).stream()
                .mapToLong(Long::parseLong)
                .max()
                .orElse(0);
        return new DesiredRecord(
                state.epoch(), state.revision(), state.tableDigest(), state.artifact(), store, message.sequence());
    }
}
