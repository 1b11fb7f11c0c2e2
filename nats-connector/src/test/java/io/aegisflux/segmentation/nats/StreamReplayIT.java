package io.aegisflux.segmentation.nats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.harness.NatsServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class StreamReplayIT {
    private static final String ALL = Subjects.held(Subjects.EVENTS);

    private static NatsServer server;
    private static Bus bus;

    @BeforeAll
    static void start() {
        server = NatsServer.start();
        bus = Bus.connect(NatsSettings.of(server.url(), "replay-test"));
        StreamCatalog.ensure(bus, Streams.EVENTS);
        assertThat(StreamReplay.oldest(bus, Streams.EVENTS)).isEmpty();
        for (int i = 0; i < 300; i++) {
            bus.publish(
                    Subjects.EVENTS + (i % 3 == 0 ? "host-a" : "host-b"),
                    Integer.toString(i).getBytes(UTF_8),
                    null);
        }
    }

    @AfterAll
    static void stop() {
        bus.close();
        server.close();
    }

    @Test
    void readsToTheEndOrAsFarAsIsWanted() {
        Instant anHourAgo = Instant.now().minus(Duration.ofHours(1));
        List<String> read = new ArrayList<>();
        StreamReplay.since(bus, Streams.EVENTS, ALL, anHourAgo, (data, metadata) -> read.add(new String(data, UTF_8)));
        assertThat(read).hasSize(300).endsWith("299");

        read.clear();
        StreamReplay.seek(
                bus,
                Streams.EVENTS,
                Subjects.held(Subjects.EVENTS, new HostId("host-a")),
                anHourAgo,
                (data, metadata) -> {
                    read.add(new String(data, UTF_8));
                    return read.size() < 3;
                });
        assertThat(read).containsExactly("0", "3", "6");

        read.clear();
        StreamReplay.seek(bus, Streams.EVENTS, ALL, Instant.now().plus(Duration.ofHours(1)), (data, metadata) -> {
            read.add(new String(data, UTF_8));
            return true;
        });
        assertThat(read).isEmpty();
    }

    @Test
    void tellsWhenTheOldestMessageWasStored() {
        assertThat(StreamReplay.oldest(bus, Streams.EVENTS).orElseThrow())
                .isBetween(Instant.now().minus(Duration.ofMinutes(10)), Instant.now());
        assertThatThrownBy(() -> StreamReplay.oldest(bus, "NO_SUCH_STREAM"))
                .isInstanceOf(BusException.class)
                .hasMessageStartingWith("the stream NO_SUCH_STREAM tells nothing: ");
    }
}
