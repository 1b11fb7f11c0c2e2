package io.aegisflux.segmentation.nats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.NatsServer;
import io.nats.client.PurgeOptions;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One partition, several readers: each message is in one sum. */
class PartitionReaderIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<PartitionReader> readers = new ArrayList<>();
    private final List<Long> followed = new CopyOnWriteArrayList<>();
    private NatsServer server;
    private Bus bus;
    private int partition;

    @BeforeEach
    void start() throws Exception {
        server = NatsServer.start();
        bus = Bus.connect(NatsSettings.of(server.url(), "reader-test"));
        Stream.of(Streams.EVENTS, Streams.PARTIALS, Streams.SYSTEM)
                .forEach(stream -> StreamCatalog.ensure(bus, stream));
        publish("probe");
        partition = partition(1);
    }

    /** Of the message with this number. */
    private int partition(long sequence) throws Exception {
        String subject = bus.connection()
                .jetStreamManagement()
                .getMessage(Streams.EVENTS, sequence)
                .getSubject();
        return Integer.parseInt(subject.substring(Subjects.EVENTS.length()).split("\\.")[0]);
    }

    @AfterEach
    void stop() {
        readers.forEach(PartitionReader::close);
        bus.close();
        server.close();
    }

    @Test
    void eachMessageIsInOneSumHoweverManyReadAndWhoeverStops() throws Exception {
        PartitionReader first = reader();
        reader();
        for (int i = 0; i < 400; i++) {
            publish("m" + i);
            Thread.sleep(5);
            if (i == 200) {
                first.close();
                reader();
            }
        }
        List<String> expected = new ArrayList<>(List.of("probe"));
        IntStream.range(0, 400).forEach(i -> expected.add("m" + i));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(summed()).isEqualTo(expected));
        assertThat(followed).as("who comes later begins behind a sum").anyMatch(sequence -> sequence > 0);
    }

    @Test
    void readsItsPartitionAlone() throws Exception {
        reader();
        int others = 0;
        for (int i = 0; i < 40; i++) {
            long sequence = bus.publish(Subjects.EVENTS + "host-" + i, "of another host".getBytes(UTF_8), null)
                    .getSeqno();
            others += partition(sequence) == partition ? 0 : 1;
        }
        publish("last");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(summed()).contains("last"));
        assertThat(others).as("in other partitions").isGreaterThan(20);
        assertThat(summed()).hasSize(2 + 40 - others);
    }

    @Test
    void acknowledgesWhatIsPutDownAndLeavesNoConsumerBehind() {
        PartitionReader reader = reader();
        publish("one");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(summed()).contains("one"));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(consumers())
                        .singleElement()
                        .satisfies(consumer ->
                                assertThat(consumer.getNumAckPending()).isZero()));
        reader.close();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(consumers()).isEmpty());
    }

    @Test
    void countsNothingTwiceWhenItsLastSumWasGivenUp() throws Exception {
        PartitionReader first = reader();
        publish("before");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(summed()).containsExactly("probe", "before"));
        first.close();
        bus.publish(Subjects.partial("flows-0"), "0\n".getBytes(UTF_8), null);
        bus.connection()
                .jetStreamManagement()
                .purgeStream(Streams.PARTIALS, PurgeOptions.builder().keep(1).build());
        publish("after");
        reader();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(summed()).contains("after"));
        assertThat(summed()).containsExactly("after");
    }

    @Test
    void goesOnAfterItsBrokerWasKilled() {
        reader();
        publish("before");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(summed()).contains("before"));
        server.kill();
        server.startAgain();
        await().atMost(PATIENCE).until(bus::isConnected);
        publish("after");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(summed()).containsExactly("probe", "before", "after"));
    }

    @Test
    void reportsAndPassesOverWhatCannotBeUsed() throws Exception {
        reader();
        publish("poison");
        publish("sound");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(summed()).containsExactly("probe", "sound"));
        SystemEvent event = Wire.read(
                bus.connection()
                        .getStreamContext(Streams.SYSTEM)
                        .getFirstMessage(Subjects.systemOfService("reader-test"))
                        .getData(),
                SystemEvent.class);
        assertThat(event.message()).isEqualTo("not to be used");
        assertThat(event.metadata()).containsEntry("subject", "segmentation.events.host-a");
    }

    @Test
    void aStreamFromBeforePartitionsIsTakenOver() throws Exception {
        bus.connection().jetStreamManagement().deleteStream(Streams.EVENTS);
        bus.connection()
                .jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name(Streams.EVENTS)
                        .subjects(Subjects.each(Subjects.EVENTS))
                        .storageType(StorageType.File)
                        .build());
        publish("old");
        StreamCatalog.ensure(bus, Streams.EVENTS);
        publish("new");
        List<String> held = new ArrayList<>();
        StreamReplay.since(bus, Streams.EVENTS, Subjects.held(Subjects.EVENTS), Instant.EPOCH, (data, metadata) -> {
            assertThat(metadata.subject()).isEqualTo("segmentation.events.host-a");
            held.add(new String(data, UTF_8));
        });
        assertThat(held).containsExactly("old", "new");
    }

    private void publish(String text) {
        bus.publish(Subjects.EVENTS + "host-a", text.getBytes(UTF_8), null);
    }

    private PartitionReader reader() {
        PartitionReader reader = new PartitionReader(
                        bus,
                        new PartitionReader.Settings(
                                "events-" + partition,
                                Streams.EVENTS,
                                Subjects.held(Subjects.EVENTS, partition),
                                Duration.ofMinutes(15),
                                64),
                        new Texts())
                .start();
        readers.add(reader);
        await().atMost(PATIENCE).until(() -> reader.trouble() == null);
        return reader;
    }

    /** All that was put down, in order. */
    private List<String> summed() {
        List<String> texts = new ArrayList<>();
        StreamReplay.since(bus, Streams.PARTIALS, Subjects.each(Subjects.PARTIALS), Instant.EPOCH, (data, metadata) -> {
            String[] lines = new String(data, UTF_8).split("\n");
            texts.addAll(List.of(lines).subList(1, lines.length));
        });
        return texts;
    }

    private List<ConsumerInfo> consumers() throws Exception {
        return bus.connection().jetStreamManagement().getConsumers(Streams.EVENTS).stream()
                .filter(consumer -> consumer.getName().startsWith("reader-test-events-"))
                .toList();
    }

    /** A sum is its messages' texts, a line each, behind the number of the last. */
    private final class Texts implements PartitionReader.Work {
        @Override
        public PartitionReader.Sum begin(Instant second) {
            List<String> texts = new ArrayList<>();
            return new PartitionReader.Sum() {
                @Override
                public void take(byte[] payload, NatsMetadata metadata) {
                    String text = new String(payload, UTF_8);
                    if (text.equals("poison")) {
                        throw new PoisonMessageException("not to be used");
                    }
                    texts.add(text);
                }

                @Override
                public byte[] data(long through) {
                    return (through + "\n" + String.join("\n", texts)).getBytes(UTF_8);
                }
            };
        }

        @Override
        public long through(byte[] data) {
            return Long.parseLong(new String(data, UTF_8).split("\n")[0]);
        }

        @Override
        public void follows(long sequence) {
            followed.add(sequence);
        }
    }
}
