package io.aegisflux.segmentation.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.harness.NatsServer;
import io.nats.client.Message;
import io.nats.client.api.StreamConfiguration;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BusIT {
    private static final HostId HOST = new HostId("host-a");
    private static NatsServer server;
    private static Bus bus;

    @BeforeAll
    static void start() {
        server = NatsServer.start();
        bus = Bus.connect(NatsSettings.of(server.url(), "bus-test"));
    }

    @AfterAll
    static void stop() {
        bus.close();
        server.close();
    }

    @Test
    void readsTheLastMessageOfASubjectByDirectGet() {
        StreamCatalog.ensure(bus, Streams.DESIRED);
        assertThat(bus.last(Streams.DESIRED, Subjects.desired(new HostId("nobody"))))
                .isEmpty();
        bus.publish(Subjects.desired(HOST), bytes("one"), null);
        long sequence = bus.publish(Subjects.desired(HOST), bytes("two"), null).getSeqno();
        StoredMessage last = bus.last(Streams.DESIRED, Subjects.desired(HOST)).orElseThrow();
        assertThat(last.data()).isEqualTo(bytes("two"));
        assertThat(last.sequence()).isEqualTo(sequence);
        assertThat(last.subject()).isEqualTo("segmentation.desired.host-a");
    }

    @Test
    void ringsTheDoorbellOfTheHostWithoutThePayload() throws Exception {
        StreamCatalog.ensure(bus, Streams.DESIRED);
        HostId host = new HostId("host-b");
        BlockingQueue<Message> rings = new ArrayBlockingQueue<>(10);
        bus.connection().createDispatcher(rings::add).subscribe(Subjects.doorbell(host));
        bus.connection().flush(Duration.ofSeconds(1));
        bus.publish(Subjects.desired(host), bytes("secret"), null);
        Message ring = rings.poll(5, TimeUnit.SECONDS);
        assertThat(ring).isNotNull();
        assertThat(ring.getData()).isNullOrEmpty();
        assertThat(ring.getHeaders().getFirst("Nats-Subject")).isEqualTo(Subjects.desired(host));
    }

    @Test
    void letsOnlyOneOfTwoWritersFollowTheSameMessage() {
        StreamCatalog.ensure(bus, Streams.POLICY_STORE);
        String subject = Subjects.POLICY_STORE + "contested";
        long first = bus.publishExpecting(subject, bytes("1"), null, 0).getSeqno();
        bus.publishExpecting(subject, bytes("2"), Map.of("By", "me"), null, first);
        assertThatThrownBy(() -> bus.publishExpecting(subject, bytes("3"), null, first))
                .isInstanceOf(SequenceConflictException.class)
                .hasMessageContaining(subject);
        assertThat(bus.last(Streams.POLICY_STORE, subject).orElseThrow().headers())
                .containsKey("By");
    }

    @Test
    void saysThatNoStreamTakesASubject() {
        assertThatThrownBy(() -> bus.publish("segmentation.nowhere", bytes("x"), null))
                .isInstanceOf(BusException.class)
                .hasMessageContaining("segmentation.nowhere");
    }

    @Test
    void everyStreamCanBeEnsuredTwiceAndByTwoAtOnce() throws Exception {
        try (Bus other = Bus.connect(NatsSettings.of(server.url(), "other"))) {
            for (String stream : new String[] {
                Streams.POLICIES, Streams.POLICY_STORE, Streams.DESIRED, Streams.BUILD_REQUESTS, Streams.BUILD_RESULTS,
                Streams.EVENTS, Streams.METRICS, Streams.SYSTEM, Streams.POLICY_UPDATES, Streams.TELEMETRY
            }) {
                Thread twin = Thread.ofVirtual().start(() -> StreamCatalog.ensure(other, stream));
                StreamCatalog.ensure(bus, stream);
                twin.join();
                StreamCatalog.ensure(other, stream);
                assertThat(bus.connection().jetStreamManagement().getStreamNames())
                        .contains(stream);
            }
        }
    }

    @Test
    void bringsADriftedStreamBackToItsConfiguration() throws Exception {
        StreamCatalog.ensure(bus, Streams.POLICY_UPDATES);
        var management = bus.connection().jetStreamManagement();
        StreamConfiguration ours =
                management.getStreamInfo(Streams.POLICY_UPDATES).getConfiguration();
        management.updateStream(
                StreamConfiguration.builder(ours).maxAge(Duration.ofMinutes(10)).build());
        StreamCatalog.ensure(bus, Streams.POLICY_UPDATES);
        assertThat(management
                        .getStreamInfo(Streams.POLICY_UPDATES)
                        .getConfiguration()
                        .getMaxAge())
                .isEqualTo(ours.getMaxAge());
    }

    @Test
    void startsBeforeItsBrokerAndComesBackAfterTheBrokersRestart() {
        try (NatsServer late = NatsServer.start()) {
            late.stop();
            try (Bus early = Bus.connect(NatsSettings.of(late.url(), "early"))) {
                assertThat(early.isConnected()).isFalse();
                assertThat(early.state()).contains("no answer from " + late.url());
                late.startAgain();
                await().atMost(Duration.ofSeconds(10)).until(early::isConnected);
                StreamCatalog.ensure(early, Streams.SYSTEM);
                late.kill();
                await().atMost(Duration.ofSeconds(10)).until(() -> !early.isConnected());
                late.startAgain();
                await().atMost(Duration.ofSeconds(10)).until(early::isConnected);
                early.publish(Subjects.system(HOST), bytes("{}"), null);
            }
        }
    }

    @Test
    void leavesAServerBelowTheFloorAloneAndSaysWhy() throws Exception {
        try (ServerSocket old = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                Bus refused = Bus.connect(NatsSettings.of("nats://127.0.0.1:" + old.getLocalPort(), "refused"))) {
            Thread.ofVirtual().start(() -> OldServer.serve(old));
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> refused.state().contains("nats-server 2.9.10 is below 2.10.27"));
            assertThat(refused.isConnected()).isFalse();
            assertThatThrownBy(refused::connection).isInstanceOf(UnfitServerException.class);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
