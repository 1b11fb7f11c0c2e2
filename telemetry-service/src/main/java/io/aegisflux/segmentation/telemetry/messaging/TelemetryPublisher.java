package io.aegisflux.segmentation.telemetry.messaging;

import io.aegisflux.segmentation.contracts.FlowRow;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.TelemetryFlows;
import io.aegisflux.segmentation.contracts.TelemetryMap;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.nats.Lease;
import io.aegisflux.segmentation.nats.StateFollower;
import io.aegisflux.segmentation.nats.StreamCatalog;
import io.aegisflux.segmentation.nats.UnfitServerException;
import io.aegisflux.segmentation.telemetry.domain.Fleet;
import io.aegisflux.segmentation.telemetry.domain.FlowWindows;
import io.aegisflux.segmentation.telemetry.domain.Names;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Publishes what everybody may know: each window of flows once it is closed, and the summary every second in which
 * something changed, at least every five seconds. Every instance could; the one that holds the lease does, for the
 * broker's duplicate detection would spare the stream, but not those who listen to the subject. Who takes over begins
 * after the last window that was published.
 */
@ApplicationScoped
public class TelemetryPublisher {
    private static final Logger LOG = Logger.getLogger(TelemetryPublisher.class);
    private static final String LEASE = "telemetry-publisher";
    private static final Duration TICK = Duration.ofMillis(50);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final long SUMMARY_SECONDS = 5;

    /** Windows of others are heard from so long before the start on. */
    private static final Duration HEARD = Duration.ofMinutes(1);

    private static final int MAX_BYTES = 700 * 1024;
    private static final long TIDY_SECONDS = 5;

    /** So often all of the map is published. */
    static final Duration FULL_MAP = Duration.ofSeconds(30);

    private final Bus bus;
    private final Fleet fleet;
    private final FlowWindows windows;
    private final StoredState stored;
    private final Names names;
    private final LiveMap map;
    private final PartialsChannel partials;
    private final Thread thread = Thread.ofVirtual().name("publisher").unstarted(this::run);
    private volatile Lease lease;
    private volatile StateFollower others;
    private volatile boolean stopped;
    private boolean isPrepared;
    private long lastSecond;

    @Inject
    public TelemetryPublisher(
            Bus bus,
            Fleet fleet,
            FlowWindows windows,
            StoredState stored,
            Names names,
            LiveMap map,
            PartialsChannel partials) {
        this.bus = bus;
        this.fleet = fleet;
        this.windows = windows;
        this.stored = stored;
        this.names = names;
        this.map = map;
        this.partials = partials;
    }

    void start(@Observes StartupEvent event) {
        lease = Lease.contend(bus, LEASE);
        others = StateFollower.since(
                bus,
                Streams.TELEMETRY,
                Subjects.TELEMETRY_FLOWS,
                Instant.now().minus(HEARD),
                (data, metadata) -> published(data));
        thread.start();
    }

    void stop(@Observes ShutdownEvent event) {
        stopped = true;
        thread.interrupt();
        others.close();
        lease.close();
    }

    /** Whether this instance is the one that publishes. */
    boolean isPublishing() {
        return lease != null && lease.isHeld();
    }

    private void run() {
        try {
            while (!stopped) {
                Thread.sleep(ticks() ? TICK : RETRY);
            }
        } catch (InterruptedException e) {
            LOG.debug("publishes no more");
        }
    }

    private boolean ticks() {
        try {
            tick();
            return true;
        } catch (BusException | UnfitServerException | IllegalStateException e) {
            isPrepared = false;
            LOG.warnf("published later: %s", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("skipped once", e);
        }
        return false;
    }

    private void tick() {
        Instant now = Instant.now();
        boolean isNewSecond = now.getEpochSecond() != lastSecond;
        lastSecond = now.getEpochSecond();
        if (isNewSecond && lastSecond % TIDY_SECONDS == 0) {
            fleet.tidy(now);
        }
        if (!lease.isHeld() || !bus.isConnected() || !partials.isCaughtUp()) {
            isPrepared = false;
            if (isNewSecond) {
                map.tidy(now);
            }
            return;
        }
        prepare();
        publishFlows();
        if (isNewSecond && stored.isComplete()) {
            publishSummary(now);
            publishMap(now);
        }
    }

    private void prepare() {
        if (!isPrepared) {
            StreamCatalog.ensure(bus, Streams.TELEMETRY);
            bus.last(Streams.TELEMETRY, Subjects.TELEMETRY_FLOWS).ifPresent(last -> published(last.data()));
            map.beginTerm();
            isPrepared = true;
        }
    }

    private void published(byte[] window) {
        windows.published(Wire.read(window, TelemetryFlows.class));
    }

    private void publishFlows() {
        Optional<TelemetryFlows> next = windows.next(System.nanoTime());
        while (next.isPresent() && lease.isHeld()) {
            TelemetryFlows flows = next.get();
            bus.publish(
                    Subjects.TELEMETRY_FLOWS,
                    Wire.write(named(flows)),
                    "flows-" + flows.from().getEpochSecond());
            windows.published(flows);
            next = windows.next(System.nanoTime());
        }
    }

    private void publishSummary(Instant now) {
        if (fleet.takeChanged() || now.getEpochSecond() % SUMMARY_SECONDS == 0) {
            long second = now.getEpochSecond();
            bus.publish(Subjects.TELEMETRY_SUMMARY, Wire.write(fleet.summary(now)), "summary-" + second);
            bus.publish(Subjects.TELEMETRY_HOSTS, Wire.write(fleet.hosts(now)), "hosts-" + second);
            bus.publish(Subjects.TELEMETRY_RULES, Wire.write(fleet.rules(now)), "rules-" + second);
        }
    }

    private void publishMap(Instant now) {
        for (TelemetryMap message : map.changes(now.getEpochSecond() % FULL_MAP.toSeconds() == 0, now)) {
            bus.publish(Subjects.TELEMETRY_MAP, Wire.write(message), message.term() + "-" + message.sequence());
        }
    }

    /** With names at the ends of each row; those that do not fit the message then are omitted. */
    private TelemetryFlows named(TelemetryFlows flows) {
        List<FlowRow> rows = new ArrayList<>();
        int bytes = 0;
        for (FlowRow flow : flows.flows()) {
            FlowRow row = names.named(flow);
            bytes += Wire.write(row).length;
            if (bytes > MAX_BYTES) {
                break;
            }
            rows.add(row);
        }
        return new TelemetryFlows(
                flows.from(),
                flows.to(),
                rows,
                flows.omitted() + flows.flows().size() - rows.size(),
                flows.allowed(),
                flows.dropped(),
                flows.audited(),
                flows.lost(),
                flows.through());
    }
}
