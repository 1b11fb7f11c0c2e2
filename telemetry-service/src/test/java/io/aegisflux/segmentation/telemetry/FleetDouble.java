package io.aegisflux.segmentation.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.FlowRow;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.TelemetryFlows;
import io.aegisflux.segmentation.contracts.TelemetrySummary;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.nats.NatsSettings;
import io.aegisflux.segmentation.nats.StreamCatalog;
import io.aegisflux.segmentation.telemetry.domain.Fixtures;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.api.ConsumerConfiguration;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Says what hosts and policy-service say, and hears what telemetry-service publishes as any plain subscriber does: what
 * it would publish twice is heard twice.
 */
final class FleetDouble implements AutoCloseable {
    private static final List<String> STREAMS = List.of(
            Streams.EVENTS,
            Streams.METRICS,
            Streams.SYSTEM,
            Streams.POLICY_UPDATES,
            Streams.HOSTS,
            Streams.POLICY_STORE);

    private static final String EXAMPLE = new String(Wire.write(event("host-b", 5432, 1)), StandardCharsets.UTF_8);

    final List<TelemetrySummary> summaries = new CopyOnWriteArrayList<>();
    final List<TelemetryFlows> windows = new CopyOnWriteArrayList<>();
    private final Map<String, Long> numbers = new ConcurrentHashMap<>();
    private final Bus bus;

    FleetDouble(String url) {
        bus = Bus.connect(NatsSettings.of(url, "fleet-double"));
        makeStreams();
        bus.connection()
                .createDispatcher(message -> summaries.add(Wire.read(message.getData(), TelemetrySummary.class)))
                .subscribe(Subjects.TELEMETRY_SUMMARY);
        bus.connection()
                .createDispatcher(message -> windows.add(Wire.read(message.getData(), TelemetryFlows.class)))
                .subscribe(Subjects.TELEMETRY_FLOWS);
    }

    Bus bus() {
        return bus;
    }

    /** Also those that a broker lost with its memory. */
    void makeStreams() {
        STREAMS.forEach(stream -> StreamCatalog.ensure(bus, stream));
    }

    /** Publishes and makes sure that the stream has it. */
    void publish(String subject, Object message) {
        bus.publish(subject, message instanceof byte[] bytes ? bytes : Wire.write(message), null);
    }

    /** A host's metrics, the example's but for the total and what is changed. */
    void metrics(String host, long packets, Consumer<ObjectNode> change) {
        ObjectNode node = Wire.mapper().valueToTree(Fixtures.example("metrics", MetricsReport.class, same -> {}));
        node.put("host_id", host)
                .put("packets_total", packets)
                .put("timestamp", Instant.now().toString());
        change.accept(node);
        publish(Subjects.METRICS + host, Wire.write(node));
    }

    /** A host's drop, the example's but for host, port and count. */
    void drop(String host, int port, long count) {
        publish(Subjects.EVENTS + host, event(host, port, count));
    }

    /** As {@link #drop}, without waiting and in a hurry. */
    CompletableFuture<?> dropAsync(String host, int port, long count) {
        String event = EXAMPLE.replace("\"host-b\"", "\"" + host + "\"")
                .replace("\"dest_port\":5432", "\"dest_port\":" + port)
                .replace("\"count\":1", "\"count\":" + count);
        return bus.publishAsync(Subjects.EVENTS + host, event.getBytes(StandardCharsets.UTF_8), null);
    }

    /** A drop of now, numbered, and said again until the stream has it, once: as an agent does. */
    void dropSurely(String host, int port) {
        FlowEvent event = Fixtures.example(
                "event-packet-dropped",
                FlowEvent.class,
                node -> node.put("host_id", host)
                        .put("id", UUID.randomUUID().toString())
                        .put("dest_port", port)
                        .put("number", numbers.merge(host, 1L, Long::sum))
                        .put("timestamp", Instant.now().toString()));
        while (true) {
            try {
                bus.publish(Subjects.EVENTS + host, Wire.write(event), event.id());
                return;
            } catch (BusException | IllegalStateException e) {
                LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            }
        }
    }

    static FlowEvent event(String host, int port, long count) {
        return Fixtures.example(
                "event-packet-dropped",
                FlowEvent.class,
                node -> node.put("host_id", host)
                        .put("dest_port", port)
                        .put("count", count)
                        .put("number", 0));
    }

    /** The bytes of an event of which one figure is impossible. */
    static byte[] spoilt(String host, int port, String member, long figure) {
        ObjectNode node = Wire.mapper().valueToTree(event(host, port, 1));
        return Wire.write(node.put(member, figure));
    }

    /** Decisions on this port of this host, over all windows that were heard. */
    long heard(String host, int port) {
        return windows.stream()
                .flatMap(window -> window.flows().stream())
                .filter(flow -> flow.hostId().value().equals(host) && flow.destPort() == port)
                .mapToLong(FlowRow::count)
                .sum();
    }

    Optional<TelemetrySummary.HostSummary> lastWord(String host) {
        return summaries.isEmpty()
                ? Optional.empty()
                : summaries.getLast().perHost().stream()
                        .filter(row -> row.hostId().value().equals(host))
                        .findFirst();
    }

    /** What telemetry-service refused on this subject, as it is reported. */
    List<SystemEvent> refusals(String subject) throws Exception {
        List<SystemEvent> refusals = new ArrayList<>();
        var subscription = bus.connection()
                .jetStream()
                .subscribe(
                        Subjects.systemOfService("telemetry-service"),
                        PullSubscribeOptions.builder().stream(Streams.SYSTEM)
                                .configuration(ConsumerConfiguration.builder().build())
                                .build());
        subscription.fetch(1_000, Duration.ofMillis(300)).forEach(message -> {
            SystemEvent event = Wire.read(message.getData(), SystemEvent.class);
            if (event.eventType().equals(SystemEvent.MESSAGE_REJECTED)
                    && subject.equals(event.metadata().get("subject"))) {
                refusals.add(event);
            }
        });
        subscription.unsubscribe();
        return refusals;
    }

    void assertNoWindowTwice() {
        assertThat(windows).extracting(TelemetryFlows::from).doesNotHaveDuplicates();
    }

    @Override
    public void close() {
        bus.close();
    }
}
