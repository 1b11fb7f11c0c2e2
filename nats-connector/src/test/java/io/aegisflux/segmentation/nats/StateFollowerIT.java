package io.aegisflux.segmentation.nats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.harness.NatsServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StateFollowerIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<String> seen = new CopyOnWriteArrayList<>();
    private NatsServer server;
    private Bus bus;
    private StateFollower follower;

    @BeforeEach
    void start() {
        server = NatsServer.start();
        bus = Bus.connect(NatsSettings.of(server.url(), "follow-test"));
    }

    @AfterEach
    void stop() {
        follower.close();
        bus.close();
        server.close();
    }

    @Test
    void beginsWithTheLastMessageOfEachSubjectAndGoesOnWithWhatComes() throws InterruptedException {
        StreamCatalog.ensure(bus, Streams.POLICY_STORE);
        store("a", "a1");
        store("b", "b1");
        store("a", "a2");

        follower = StateFollower.lastOfEach(
                bus, Streams.POLICY_STORE, Subjects.each(Subjects.POLICY_STORE), this::remember);

        assertThat(follower.awaitCaughtUp(PATIENCE)).isTrue();
        assertThat(seen).containsExactly("b1", "a2");
        store("b", "b2");
        await().untilAsserted(() -> assertThat(seen).containsExactly("b1", "a2", "b2"));
    }

    @Test
    void beginsWithTheOldestMessageWhereAllCount() throws InterruptedException {
        StreamCatalog.ensure(bus, Streams.BUILD_RESULTS);
        bus.publish(Subjects.BUILDS_COMPLETED, bytes("first"), null);
        bus.publish(Subjects.BUILDS_FAILED, bytes("of another subject"), null);
        bus.publish(Subjects.BUILDS_COMPLETED, bytes("second"), null);

        follower = StateFollower.everything(bus, Streams.BUILD_RESULTS, Subjects.BUILDS_COMPLETED, this::remember);

        assertThat(follower.awaitCaughtUp(PATIENCE)).isTrue();
        assertThat(seen).containsExactly("first", "second");
        bus.publish(Subjects.BUILDS_COMPLETED, bytes("third"), null);
        await().untilAsserted(() -> assertThat(seen).containsExactly("first", "second", "third"));
    }

    @Test
    void hasCaughtUpWithAStreamThatHoldsNothingAndMakesTheStream() throws InterruptedException {
        follower = StateFollower.lastOfEach(bus, Streams.HOSTS, Subjects.each(Subjects.HOSTS), this::remember);
        assertThat(follower.awaitCaughtUp(PATIENCE)).isTrue();
        assertThat(seen).isEmpty();
        report("late");
        await().untilAsserted(() -> assertThat(seen).containsExactly("late"));
    }

    @Test
    void hasCaughtUpWithAStreamThatHoldsOtherSubjectsOnly() throws InterruptedException {
        StreamCatalog.ensure(bus, Streams.BUILD_RESULTS);
        bus.publish(Subjects.BUILDS_FAILED, bytes("of another subject"), null);
        follower = StateFollower.everything(bus, Streams.BUILD_RESULTS, Subjects.BUILDS_COMPLETED, this::remember);
        assertThat(follower.awaitCaughtUp(PATIENCE)).isTrue();
        assertThat(seen).isEmpty();
    }

    @Test
    void hasNotCaughtUpBeforeTheLastMessageWasTaken() throws InterruptedException {
        StreamCatalog.ensure(bus, Streams.BUILD_RESULTS);
        for (int i = 0; i < 3; i++) {
            bus.publish(Subjects.BUILDS_COMPLETED, bytes("m" + i), null);
        }
        CountDownLatch release = new CountDownLatch(1);
        follower = StateFollower.everything(bus, Streams.BUILD_RESULTS, Subjects.BUILDS_COMPLETED, (data, metadata) -> {
            remember(data, metadata);
            if (seen.size() == 3) {
                await().until(() -> release.getCount() == 0);
            }
        });
        await().until(() -> seen.size() == 3);
        assertThat(follower.isCaughtUp()).isFalse();
        release.countDown();
        assertThat(follower.awaitCaughtUp(PATIENCE)).isTrue();
    }

    @Test
    void passesOverAMessageThatCannotBeTaken() throws InterruptedException {
        StreamCatalog.ensure(bus, Streams.BUILD_RESULTS);
        bus.publish(Subjects.BUILDS_COMPLETED, bytes("sound"), null);
        bus.publish(Subjects.BUILDS_COMPLETED, bytes("broken"), null);
        follower = StateFollower.everything(bus, Streams.BUILD_RESULTS, Subjects.BUILDS_COMPLETED, (data, metadata) -> {
            if (new String(data, UTF_8).equals("broken")) {
                throw new IllegalStateException("no JSON");
            }
            remember(data, metadata);
        });
        assertThat(follower.awaitCaughtUp(PATIENCE)).isTrue();
        bus.publish(Subjects.BUILDS_COMPLETED, bytes("after"), null);
        await().untilAsserted(() -> assertThat(seen).containsExactly("sound", "after"));
    }

    @Test
    void beginsAgainAfterTheBrokersRestartSoThatNothingIsMissed() throws InterruptedException {
        StreamCatalog.ensure(bus, Streams.HOSTS);
        report("before");
        follower = StateFollower.lastOfEach(bus, Streams.HOSTS, Subjects.each(Subjects.HOSTS), this::remember);
        assertThat(follower.awaitCaughtUp(PATIENCE)).isTrue();

        server.kill();
        server.startAgain();
        await().atMost(PATIENCE).until(bus::isConnected);
        report("after");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(seen).contains("after"));
        assertThat(follower.isCaughtUp()).isTrue();
        assertThat(seen.getFirst()).isEqualTo("before");
    }

    @Test
    void waitsForABrokerThatIsNotThereYet() throws InterruptedException {
        server.stop();
        try (Bus early = Bus.connect(NatsSettings.of(server.url(), "early"))) {
            follower = StateFollower.lastOfEach(early, Streams.HOSTS, Subjects.each(Subjects.HOSTS), this::remember);
            assertThat(follower.awaitCaughtUp(Duration.ofMillis(300))).isFalse();
            server.startAgain();
            assertThat(follower.awaitCaughtUp(PATIENCE)).isTrue();
        }
    }

    @Test
    void takesNothingMoreOnceItIsClosed() throws InterruptedException {
        follower = StateFollower.lastOfEach(bus, Streams.HOSTS, Subjects.each(Subjects.HOSTS), this::remember);
        assertThat(follower.awaitCaughtUp(PATIENCE)).isTrue();
        follower.close();
        await().until(() -> consumers() == 0);
        report("too late");
        await().during(Duration.ofMillis(300)).until(seen::isEmpty);
    }

    private long consumers() throws Exception {
        return bus.connection()
                .jetStreamManagement()
                .getConsumerNames(Streams.HOSTS)
                .size();
    }

    private void remember(byte[] data, NatsMetadata metadata) {
        seen.add(new String(data, UTF_8));
    }

    private void store(String policy, String text) {
        bus.publish(Subjects.POLICY_STORE + policy, bytes(text), null);
    }

    private void report(String text) {
        bus.publish(Subjects.host(new HostId("host-a")), bytes(text), null);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
