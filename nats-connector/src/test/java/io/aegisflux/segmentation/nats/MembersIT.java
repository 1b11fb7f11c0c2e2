package io.aegisflux.segmentation.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.LeaseClaim;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.NatsServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is there, and whose which partition is. */
class MembersIT {
    private static final int PARTITIONS = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<Members> members = new ArrayList<>();
    private NatsServer server;
    private Bus bus;

    @BeforeEach
    void start() {
        server = NatsServer.start();
        bus = Bus.connect(NatsSettings.of(server.url(), "telemetry-service"));
    }

    @AfterEach
    void stop() {
        members.forEach(Members::close);
        bus.close();
        server.close();
    }

    @Test
    void shareAllPartitionsWithoutOverlapAndTakeOverThoseOfWhoEnds() {
        join(3);
        awaitShares(5, 5, 6);
        members.removeFirst().close();
        awaitShares(8, 8);
        members.removeFirst().close();
        awaitShares(16);
    }

    @Test
    void areGoneWhenTheyAreNotHeardAnyMore() {
        join(1);
        awaitShares(16);
        bus.publish(Subjects.lease("telemetry-service-0"), Wire.write(new LeaseClaim("telemetry-service", "0")), null);
        awaitShares(8); // the other half is that of one who says it is there once
        awaitShares(16);
    }

    @Test
    void ofAnotherServiceAndOtherLeasesDoNotCount() {
        join(1);
        awaitShares(16);
        bus.publish(Subjects.lease("policy-service-0"), Wire.write(new LeaseClaim("policy-service", "0")), null);
        bus.publish(Subjects.lease("telemetry-service-0"), Wire.write(new LeaseClaim("telemetry-service", "1")), null);
        await().during(Duration.ofSeconds(1)).atMost(PATIENCE).until(() -> share(members.getFirst()) == PARTITIONS);
    }

    @Test
    void haveNothingWhileTheBrokerIsAway() {
        join(1);
        awaitShares(16);
        server.stop();
        await().atMost(PATIENCE).until(() -> share(members.getFirst()) == 0);
        server.startAgain();
        awaitShares(16);
    }

    private void join(int count) {
        IntStream.range(0, count).forEach(i -> members.add(Members.join(bus)));
    }

    private static int share(Members member) {
        return member.share(PARTITIONS).size();
    }

    private void awaitShares(Integer... sizes) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(members).extracting(MembersIT::share).containsExactlyInAnyOrder(sizes);
            assertThat(members.stream().flatMap(member -> member.share(PARTITIONS).stream()))
                    .doesNotHaveDuplicates();
        });
    }
}
