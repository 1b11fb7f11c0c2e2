package io.aegisflux.segmentation.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.NatsServer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HeartbeatIT {
    private static final Duration PERIOD = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final AtomicInteger beats = new AtomicInteger();
    private NatsServer server;
    private Bus bus;

    @BeforeEach
    void start() {
        server = NatsServer.start();
        bus = Bus.connect(NatsSettings.of(server.url(), "some-service"));
        StreamCatalog.ensure(bus, Streams.SYSTEM);
    }

    @AfterEach
    void stop() {
        bus.close();
        server.close();
    }

    @Test
    void saysAtOnceAndAgainThatTheServiceIsThereWithItsFigures() {
        try (Heartbeat heartbeat = Heartbeat.start(bus, "1.2.3", this::count, PERIOD)) {
            await().atMost(PATIENCE).until(() -> figure() >= 3);
            SystemEvent event = last().orElseThrow();
            assertThat(event.eventType()).isEqualTo(SystemEvent.HEARTBEAT);
            assertThat(event.hostId()).isEqualTo("some-service");
            assertThat(event.message()).isEqualTo("some-service 1.2.3 is there");
            assertThat(event.metadata()).containsEntry("version", "1.2.3").containsKey("beats");
        }
    }

    @Test
    void goesOnAfterFiguresThatCouldNotBeHad() {
        try (Heartbeat heartbeat = Heartbeat.start(bus, "1.2.3", this::failAtFirst, PERIOD)) {
            await().atMost(PATIENCE).until(() -> figure() >= 2);
        }
    }

    @Test
    void goesOnAfterTheBrokersRestart() {
        try (Heartbeat heartbeat = Heartbeat.start(bus, "1.2.3", this::count, PERIOD)) {
            await().atMost(PATIENCE).until(() -> figure() >= 1);
            server.kill();
            await().atMost(PATIENCE).until(() -> !bus.isConnected());
            server.startAgain();
            await().atMost(PATIENCE).until(bus::isConnected);
            int atReturn = beats.get();
            await().atMost(PATIENCE).until(() -> figure() > atReturn);
        }
    }

    @Test
    void isSilentOnceItIsClosed() {
        Heartbeat.start(bus, "1.2.3", this::count, PERIOD).close();
        int atClose = beats.get();
        await().during(PERIOD.multipliedBy(4)).until(() -> beats.get() <= atClose + 1);
    }

    private Map<String, Object> count() {
        return Map.of("beats", beats.incrementAndGet());
    }

    private Map<String, Object> failAtFirst() {
        if (beats.incrementAndGet() == 1) {
            throw new IllegalStateException("not known yet");
        }
        return Map.of("beats", beats.get());
    }

    private int figure() {
        return last().map(event -> (Integer) event.metadata().get("beats")).orElse(0);
    }

    private Optional<SystemEvent> last() {
        return new SubjectLog(bus, Streams.SYSTEM)
                .newest(Subjects.systemOfService("some-service"))
                .map(message -> Wire.read(message.data(), SystemEvent.class));
    }
}
