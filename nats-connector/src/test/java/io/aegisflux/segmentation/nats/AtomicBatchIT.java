package io.aegisflux.segmentation.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.harness.NatsServer;
import io.nats.client.Subscription;
import io.nats.client.api.PublishAck;
import io.nats.client.api.StreamConfiguration;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AtomicBatchIT {
    private static final String SUBJECT = Subjects.EVENTS + "host-a";

    private NatsServer server;
    private Bus bus;

    @BeforeEach
    void start() {
        server = NatsServer.start();
        bus = Bus.connect(NatsSettings.of(server.url(), "batch-test"));
        StreamCatalog.ensure(bus, Streams.EVENTS);
    }

    @AfterEach
    void stop() {
        bus.close();
        server.close();
    }

    private boolean knowsBatches() {
        return bus.connection().getServerInfo().isSameOrNewerThanVersion("2.12.0");
    }

    private static AtomicBatch batch(String subject, int from, int to) {
        AtomicBatch batch = new AtomicBatch(subject);
        for (int i = from; i < to; i++) {
            batch.add(bytes(i), "id-" + i);
        }
        return batch;
    }

    private static byte[] bytes(int number) {
        return Integer.toString(number).getBytes(StandardCharsets.UTF_8);
    }

    private List<String> stored(String stream) {
        List<String> stored = new ArrayList<>();
        StreamReplay.since(
                bus,
                stream,
                ">",
                Instant.EPOCH,
                (data, metadata) -> stored.add(new String(data, StandardCharsets.UTF_8)));
        return stored;
    }

    @Test
    void aStreamTakesAllAtOnceAndEachStaysAMessageOfItsOwn() throws Exception {
        assumeThat(knowsBatches()).isTrue();
        Subscription plain = bus.connection().subscribe(SUBJECT);
        bus.connection().flush(Duration.ofSeconds(10));
        PublishAck acknowledgement =
                batch(SUBJECT, 0, AtomicBatch.MOST).publish(bus).get(1, TimeUnit.MINUTES);
        assertThat(acknowledgement.getSeqno()).isEqualTo(AtomicBatch.MOST);
        List<String> stored = stored(Streams.EVENTS);
        assertThat(stored).hasSize(AtomicBatch.MOST).startsWith("0", "1", "2").endsWith("999");
        for (String each : stored) {
            assertThat(plain.nextMessage(Duration.ofSeconds(10)).getData())
                    .isEqualTo(each.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void aBatchWithAMessageThatTheStreamHasIsRefusedAndNothingIsStored() throws Exception {
        assumeThat(knowsBatches()).isTrue();
        batch(SUBJECT, 0, 3).publish(bus).get(1, TimeUnit.MINUTES);
        assertRefused(batch(SUBJECT, 2, 9));
        assertThat(stored(Streams.EVENTS)).containsExactly("0", "1", "2");
        assertThat(bus.publish(SUBJECT, bytes(2), "id-2").isDuplicate())
                .as("one by one a message that is there is known")
                .isTrue();
    }

    @Test
    void aStreamThatAllowsNoBatchesTakesNone() throws Exception {
        bus.connection()
                .jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name("OTHER")
                        .subjects("other")
                        .build());
        assertRefused(batch("other", 0, 5));
        assertThat(stored("OTHER")).isEmpty();
    }

    @Test
    void aStreamOfBeforeThereWereBatchesKeepsWhatItHasAndAllowsThem() throws Exception {
        assumeThat(knowsBatches()).isTrue();
        var streams = bus.connection().jetStreamManagement();
        StreamConfiguration now = streams.getStreamInfo(Streams.EVENTS).getConfiguration();
        streams.deleteStream(Streams.EVENTS);
        streams.addStream(
                StreamConfiguration.builder(now).allowAtomicPublish(false).build());
        bus.publish(SUBJECT, bytes(0), "id-0");
        assertRefused(batch(SUBJECT, 1, 3));
        StreamCatalog.ensure(bus, Streams.EVENTS);
        batch(SUBJECT, 1, 3).publish(bus).get(1, TimeUnit.MINUTES);
        assertThat(stored(Streams.EVENTS)).containsExactly("0", "1", "2");
    }

    @Test
    void aBrokerThatKnowsNoBatchesIsNotAsked() throws Exception {
        assumeThat(knowsBatches()).isFalse();
        assertRefused(batch(SUBJECT, 0, 5));
        assertThat(stored(Streams.EVENTS)).isEmpty();
    }

    private void assertRefused(AtomicBatch batch) {
        assertThatThrownBy(() -> batch.publish(bus).get(1, TimeUnit.MINUTES))
                .hasCauseInstanceOf(BatchRefusedException.class);
    }
}
