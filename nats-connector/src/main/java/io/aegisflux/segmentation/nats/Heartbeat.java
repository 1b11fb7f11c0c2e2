package io.aegisflux.segmentation.nats;

import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Says every ten seconds on {@code segmentation.system.<service>} that a service is there. */
public final class Heartbeat implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofSeconds(10);

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("heartbeat").factory());

    private Heartbeat() {}

    /**
     * Starts to beat.
     *
     * @param figures what to tell with each beat
     */
    public static Heartbeat start(Bus bus, String version, Supplier<Map<String, Object>> figures) {
        Heartbeat heartbeat = new Heartbeat();
        String service = bus.settings().clientName();
        heartbeat.clock.scheduleAtFixedRate(
                () -> {
                    if (bus.isConnected()) {
                        SystemEvent event = new SystemEvent(
                                service,
                                SystemEvent.HEARTBEAT,
                                service,
                                service + " " + version + " is there",
                                "debug",
                                Instant.now(),
                                figures.get());
                        bus.publishAsync(Subjects.systemOfService(service), Wire.write(event), null);
                    }
                },
                0,
                PERIOD.toSeconds(),
                TimeUnit.SECONDS);
        return heartbeat;
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
