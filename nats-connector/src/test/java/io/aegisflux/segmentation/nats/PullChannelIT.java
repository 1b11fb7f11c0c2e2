package io.aegisflux.segmentation.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.NatsServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PullChannelIT {
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private NatsServer server;
    private Bus bus;
    private PullChannel channel;
    private int inFlight = 4;
    private Duration longestRetry = Duration.ofMinutes(10);

    @BeforeEach
    void start() {
        server = NatsServer.start();
        bus = Bus.connect(NatsSettings.of(server.url(), "pull-test"));
        StreamCatalog.ensure(bus, Streams.EVENTS);
        StreamCatalog.ensure(bus, Streams.SYSTEM);
    }

    @AfterEach
    void stop() {
        channel.stop();
        bus.close();
        server.close();
    }

    @Test
    void handsEveryMessageOverOnceInOrder() {
        run((payload, metadata, done) -> {
            seen.add(text(payload));
            done.apply(null);
        });
        for (int i = 0; i < 50; i++) {
            publish("m" + i);
        }
        await().until(() -> seen.size() == 50);
        assertThat(seen.getFirst()).isEqualTo("m0");
        assertThat(seen.getLast()).isEqualTo("m49");
        assertThat(channel.trouble()).isNull();
        await().until(() -> unacknowledged() == 0);
    }

    @Test
    void deliversAgainWhatFailedAndCountsTheDeliveries() {
        AtomicInteger deliveries = new AtomicInteger();
        run((payload, metadata, done) -> {
            deliveries.set((int) metadata.deliveries());
            seen.add(text(payload));
            done.apply(metadata.deliveries() == 1 ? new IllegalStateException("the disk is full") : null);
        });
        publish("again");
        await().atMost(Duration.ofSeconds(15)).until(() -> seen.size() == 2);
        assertThat(deliveries).hasValue(2);
        await().until(() -> unacknowledged() == 0);
    }

    @Test
    void terminatesPoisonReportsItAndGoesOn() throws Exception {
        run((payload, metadata, done) -> {
            seen.add(text(payload));
            done.apply(text(payload).equals("poison") ? new PoisonMessageException("no host is called so") : null);
        });
        publish("poison");
        publish("sound");
        await().until(() -> seen.size() == 2 && unacknowledged() == 0);
        var report =
                bus.connection().getStreamContext(Streams.SYSTEM).getLastMessage(Subjects.systemOfService("pull-test"));
        SystemEvent event = Wire.read(report.getData(), SystemEvent.class);
        assertThat(event.eventType()).isEqualTo(SystemEvent.MESSAGE_REJECTED);
        assertThat(event.message()).isEqualTo("no host is called so");
        assertThat(event.metadata()).containsEntry("subject", "segmentation.events.host-a");
    }

    @Test
    void holdsBackWhenTooManyAreOut() {
        List<Runnable> out = new CopyOnWriteArrayList<>();
        run((payload, metadata, done) -> out.add(() -> done.apply(null)));
        for (int i = 0; i < 10; i++) {
            publish("m" + i);
        }
        await().until(() -> out.size() == 4);
        await().during(Duration.ofMillis(300)).until(() -> out.size() == 4);
        out.get(0).run();
        out.get(1).run();
        await().until(() -> out.size() == 6);
    }

    @Test
    void keepsTheOrderWithOneInFlightAlsoWhenOneFailsAndTriesItAgainSoon() {
        inFlight = 1;
        longestRetry = Duration.ofMillis(200);
        run((payload, metadata, done) -> {
            seen.add(text(payload));
            boolean fails = text(payload).equals("unlucky") && metadata.deliveries() < 4;
            done.apply(fails ? new IllegalStateException("the store is full") : null);
        });
        publish("unlucky");
        publish("behind");
        await().atMost(Duration.ofSeconds(4))
                .untilAsserted(
                        () -> assertThat(seen).containsExactly("unlucky", "unlucky", "unlucky", "unlucky", "behind"));
    }

    @Test
    void goesOnAfterTheBrokersRestartAndAfterItsConsumerWasDeleted() throws Exception {
        run((payload, metadata, done) -> {
            seen.add(text(payload));
            done.apply(null);
        });
        publish("before");
        await().until(() -> seen.contains("before"));
        server.kill();
        server.startAgain();
        await().atMost(Duration.ofSeconds(15)).until(bus::isConnected);
        publish("after restart");
        await().atMost(Duration.ofSeconds(40)).until(() -> seen.contains("after restart"));
        bus.connection().jetStreamManagement().deleteConsumer(Streams.EVENTS, "pull-test");
        publish("after deletion");
        await().atMost(Duration.ofSeconds(60)).until(() -> seen.contains("after deletion"));
    }

    private void run(PullChannel.Receiver receiver) {
        channel = new PullChannel(
                bus,
                new PullChannel.Settings(
                        "test",
                        "pull-test",
                        Streams.EVENTS,
                        "pull-test",
                        List.of(Subjects.held(Subjects.EVENTS)),
                        Duration.ofSeconds(5),
                        inFlight,
                        longestRetry,
                        false));
        Thread.ofVirtual().start(() -> channel.run(receiver));
        await().until(() -> channel.trouble() == null);
    }

    private long unacknowledged() throws Exception {
        var info = bus.connection().jetStreamManagement().getConsumerInfo(Streams.EVENTS, "pull-test");
        return info.getNumAckPending() + info.getNumPending();
    }

    private void publish(String text) {
        bus.publish(Subjects.EVENTS + "host-a", text.getBytes(StandardCharsets.UTF_8), null);
    }

    private static String text(byte[] payload) {
        return new String(payload, StandardCharsets.UTF_8);
    }
}
