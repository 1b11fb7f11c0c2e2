package io.aegisflux.segmentation.nats;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Says every ten seconds on {@code segmentation.system.<service>} that a service is there; silent while the broker is away. */
public final class Heartbeat implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Heartbeat.class.getName());
    private static final Duration PERIOD = Duration.ofSeconds(10);

    private final Bus bus;
    private final String version;
    private final Supplier<Map<String, Object>> figures;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("heartbeat").factory());

    private Heartbeat(Bus bus, String version, Supplier<Map<String, Object>> figures) {
        this.bus = requireNonNull(bus, "bus is null");
        this.version = requireNonNull(version, "version is null");
        this.figures = requireNonNull(figures, "figures is null");
    }

    /**
     * Starts to beat.
     *
     * @param figures what to tell with each beat
     */
    public static Heartbeat start(Bus bus, String version, Supplier<Map<String, Object>> figures) {
        return start(bus, version, figures, PERIOD);
    }

    static Heartbeat start(Bus bus, String version, Supplier<Map<String, Object>> figures, Duration period) {
        Heartbeat heartbeat = new Heartbeat(bus, version, figures);
        heartbeat.clock.scheduleAtFixedRate(heartbeat::beat, 0, period.toMillis(), TimeUnit.MILLISECONDS);
        return heartbeat;
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }

    /** Throws nothing: a clock whose task throws never calls it again. */
    private void beat() {
        try {
            if (bus.isConnected()) {
                String service = bus.settings().clientName();
                Map<String, Object> metadata = new HashMap<>(figures.get());
                metadata.put("version", version);
                SystemEvent event = new SystemEvent(
                        service,
                        SystemEvent.HEARTBEAT,
                        service,
                        service + " " + version + " is there",
                        "debug",
                        Instant.now(),
                        metadata);
                bus.publishAsync(Subjects.systemOfService(service), Wire.write(event), null);
            }
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "a heartbeat was left out", e);
        }
    }
}
