package io.aegisflux.segmentation.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.NatsServer;
import io.nats.client.api.StreamInfoOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OrderedChannelIT {
    private final List<OrderedChannel> channels = new ArrayList<>();
    private NatsServer server;
    private Bus bus;

    @BeforeEach
    void start() {
        server = NatsServer.start();
        bus = Bus.connect(NatsSettings.of(server.url(), "ordered-test"));
        StreamCatalog.ensure(bus, Streams.EVENTS);
        StreamCatalog.ensure(bus, Streams.METRICS);
        StreamCatalog.ensure(bus, Streams.SYSTEM);
    }

    @AfterEach
    void stop() {
        channels.forEach(OrderedChannel::stop);
        bus.close();
        server.close();
    }

    @Test
    void letsEveryInstanceSeeEveryMessageInOrder() {
        List<String> one = read(Streams.EVENTS, Subjects.EVENTS, "all");
        List<String> other = read(Streams.EVENTS, Subjects.EVENTS, "all");
        List<String> published = publish(200);
        await().untilAsserted(() -> assertThat(one).isEqualTo(published));
        await().untilAsserted(() -> assertThat(other).isEqualTo(published));
        assertThat(channels).allMatch(OrderedChannel::isCaughtUp);
    }

    @Test
    void goesOnWithTheNextMessageAfterTheBrokersRestart() {
        List<String> seen = read(Streams.EVENTS, Subjects.EVENTS, "new");
        List<String> published = new ArrayList<>(publish(20));
        await().untilAsserted(() -> assertThat(seen).isEqualTo(published));
        restartBroker();
        published.addAll(publish(20));
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(seen).isEqualTo(published));
    }

    @Test
    void startsOverWhenTheBrokerLostTheStreamWithItsMemory() {
        publish(Streams.METRICS, Subjects.METRICS + "host-a", "a1");
        List<String> seen = read(Streams.METRICS, Subjects.METRICS, "last-per-subject");
        await().untilAsserted(() -> assertThat(seen).containsExactly("a1"));
        restartBroker();
        publish(Streams.METRICS, Subjects.METRICS + "host-a", "a2");
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(seen).containsExactly("a1", "a2"));
    }

    @Test
    void beginsWithTheLastMessageOfEachSubject() {
        publish(Streams.METRICS, Subjects.METRICS + "host-a", "a1");
        publish(Streams.METRICS, Subjects.METRICS + "host-b", "b1");
        publish(Streams.METRICS, Subjects.METRICS + "host-a", "a2");
        List<String> seen = read(Streams.METRICS, Subjects.METRICS, "last-per-subject");
        await().untilAsserted(() -> assertThat(seen).containsExactly("b1", "a2"));
        await().until(() -> channels.getFirst().isCaughtUp());
        publish(Streams.METRICS, Subjects.METRICS + "host-b", "b2");
        await().untilAsserted(() -> assertThat(seen).containsExactly("b1", "a2", "b2"));
    }

    @Test
    void beginsAsFarBackAsItIsTold() {
        List<String> published = publish(5);
        List<String> back = read(Streams.EVENTS, Subjects.EVENTS, "PT30S");
        List<String> fresh = read(Streams.EVENTS, Subjects.EVENTS, "new");
        await().untilAsserted(() -> assertThat(back).isEqualTo(published));
        publish(Streams.EVENTS, Subjects.EVENTS + "host-a", "later");
        await().untilAsserted(() -> assertThat(fresh).containsExactly("later"));
    }

    @Test
    void takesManyOfTheLargestMessages() {
        String large = "x".repeat(900_000);
        List<String> seen = read(Streams.METRICS, Subjects.METRICS, "all");
        for (int i = 0; i < 50; i++) {
            publish(Streams.METRICS, Subjects.METRICS + "host-a", i + large);
        }
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(seen)
                        .extracting(text -> text.substring(0, text.indexOf('x')))
                        .isEqualTo(IntStream.range(0, 50)
                                .mapToObj(Integer::toString)
                                .toList()));
    }

    @Test
    void reportsPoisonWithoutDrowningInIt() throws Exception {
        List<String> seen = read(Streams.EVENTS, Subjects.EVENTS, "all");
        for (int i = 0; i < 500; i++) {
            bus.publishCore(Subjects.EVENTS + "host-a", "poison".getBytes(StandardCharsets.UTF_8));
        }
        publish(Streams.EVENTS, Subjects.EVENTS + "host-a", "sound");
        await().untilAsserted(() -> assertThat(seen).containsExactly("sound"));
        var report = bus.connection()
                .getStreamContext(Streams.SYSTEM)
                .getFirstMessage(Subjects.systemOfService("ordered-test"));
        SystemEvent event = Wire.read(report.getData(), SystemEvent.class);
        assertThat(event.eventType()).isEqualTo(SystemEvent.MESSAGE_REJECTED);
        assertThat(event.component()).isEqualTo("test");
        assertThat(event.message()).isEqualTo("no host is called so");
        assertThat(event.metadata()).containsEntry("stream", Streams.EVENTS).containsEntry("sequence", 1);
        assertThat(bus.connection()
                        .getStreamContext(Streams.SYSTEM)
                        .getStreamInfo(StreamInfoOptions.allSubjects())
                        .getStreamState()
                        .getMsgCount())
                .as("ten a second")
                .isBetween(1L, 100L);
    }

    @Test
    void waitsUntilWhatIsBeingHandledIsDone() {
        List<Runnable> out = new CopyOnWriteArrayList<>();
        run(Streams.EVENTS, Subjects.EVENTS, "all", (payload, metadata, done) -> out.add(() -> done.apply(null)));
        publish(3);
        await().during(Duration.ofMillis(300)).until(() -> out.size() == 1);
        out.get(0).run();
        await().until(() -> out.size() == 2);
        out.get(1).run();
        await().until(() -> out.size() == 3);
        out.get(2).run();
    }

    private OrderedChannel channel(String stream, String prefix, String deliver) {
        OrderedChannel channel = new OrderedChannel(
                bus,
                new OrderedChannel.Settings(
                        "test",
                        "ordered-test",
                        stream,
                        List.of(Subjects.held(prefix)),
                        StreamPosition.From.of(deliver)));
        channels.add(channel);
        return channel;
    }

    private List<String> read(String stream, String prefix, String deliver) {
        List<String> seen = new CopyOnWriteArrayList<>();
        run(stream, prefix, deliver, (payload, metadata, done) -> {
            String text = new String(payload, StandardCharsets.UTF_8);
            if (text.equals("poison")) {
                done.apply(new PoisonMessageException("no host is called so"));
            } else {
                seen.add(text);
                done.apply(null);
            }
        });
        return seen;
    }

    private void run(String stream, String prefix, String deliver, InboundChannel.Receiver receiver) {
        OrderedChannel channel = channel(stream, prefix, deliver);
        Thread.ofVirtual().start(() -> channel.run(receiver));
        await().until(() -> channel.trouble() == null);
    }

    private void restartBroker() {
        server.kill();
        server.startAgain();
        await().atMost(Duration.ofSeconds(15)).until(bus::isConnected);
        StreamCatalog.ensure(bus, Streams.METRICS);
    }

    private List<String> publish(int count) {
        List<String> texts = IntStream.range(0, count)
                .mapToObj(i -> i + "-" + System.nanoTime())
                .toList();
        texts.forEach(text -> publish(Streams.EVENTS, Subjects.EVENTS + "host-a", text));
        return texts;
    }

    private void publish(String stream, String subject, String text) {
        assertThat(bus.publish(subject, text.getBytes(StandardCharsets.UTF_8), null)
                        .getStream())
                .isEqualTo(stream);
    }
}
