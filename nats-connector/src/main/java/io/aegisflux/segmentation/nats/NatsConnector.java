package io.aegisflux.segmentation.nats;

import io.micrometer.core.instrument.MeterRegistry;
import io.nats.client.Dispatcher;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.BackPressureStrategy;
import io.smallrye.mutiny.subscription.MultiEmitter;
import io.smallrye.reactive.messaging.connector.InboundConnector;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.Metadata;
import org.eclipse.microprofile.reactive.messaging.spi.Connector;

/**
 * Incoming channels over NATS, connector name {@code segmentation-nats}. With {@code stream}: a durable pull consumer;
 * attributes {@code durable} (default: the service's name and the channel's), {@code filter-subjects} (comma list),
 * {@code ack-wait} (ISO-8601 duration, default PT30S), {@code max-ack-pending} (default 64), {@code longest-retry}
 * (default PT10M), {@code deliver} (all or new). With {@code consumer=ordered} as well: every instance has a consumer of its own and sees every message, in order;
 * {@code deliver} may then also be last-per-subject, or how far back to begin (ISO-8601 duration). Without {@code stream}: a
 * core subscription of {@code subject}. Payloads are bytes; {@link NatsMetadata} comes along.
 */
@ApplicationScoped
@Connector(NatsConnector.NAME)
public class NatsConnector implements InboundConnector {
    public static final String NAME = "segmentation-nats";

    private final Bus bus;
    private final String service;
    private final BusFigures figures;
    private final List<ChannelState> channels = new CopyOnWriteArrayList<>();
    private final List<InboundChannel> inbound = new CopyOnWriteArrayList<>();

    @Inject
    public NatsConnector(Bus bus, MeterRegistry metrics) {
        this.bus = bus;
        this.service = bus.settings().clientName();
        this.figures = new BusFigures(metrics, bus, channels);
    }

    @Override
    public Flow.Publisher<? extends Message<?>> getPublisher(Config config) {
        String channel = config.getValue("channel-name", String.class);
        return config.getOptionalValue("stream", String.class)
                .map(stream -> emitted(inbound(channel, stream, config)))
                .orElseGet(() -> subscribe(config.getValue("subject", String.class)));
    }

    /** For health and metrics. */
    List<ChannelState> channels() {
        return List.copyOf(channels);
    }

    /** Shows something else that reads a stream beside the channels. */
    public void watch(ChannelState reader) {
        channels.add(reader);
        figures.watch(reader.stream());
    }

    /**
     * Whether an ordered channel has handed over all that its stream held at the start.
     *
     * @param channel its name
     */
    public boolean isCaughtUp(String channel) {
        return channels.stream()
                .anyMatch(known -> known.name().equals(channel)
                        && known instanceof OrderedChannel ordered
                        && ordered.isCaughtUp());
    }

    @PreDestroy
    void stop() {
        inbound.forEach(InboundChannel::stop);
    }

    private InboundChannel inbound(String channel, String stream, Config config) {
        List<String> filters =
                List.of(config.getValue("filter-subjects", String.class).split("\\s*,\\s*"));
        String deliver = config.getOptionalValue("deliver", String.class).orElse("all");
        if (config.getOptionalValue("consumer", String.class).orElse("durable").equals("ordered")) {
            return new OrderedChannel(
                    bus,
                    new OrderedChannel.Settings(channel, service, stream, filters, StreamPosition.From.of(deliver)));
        }
        return new PullChannel(
                bus,
                new PullChannel.Settings(
                        channel,
                        service,
                        stream,
                        config.getOptionalValue("durable", String.class).orElse(service + "-" + channel),
                        filters,
                        config.getOptionalValue("ack-wait", Duration.class).orElse(Duration.ofSeconds(30)),
                        config.getOptionalValue("max-ack-pending", Integer.class)
                                .orElse(64),
                        config.getOptionalValue("longest-retry", Duration.class).orElse(Duration.ofMinutes(10)),
                        deliver.equals("new")));
    }

    private Multi<Message<byte[]>> emitted(InboundChannel channel) {
        inbound.add(channel);
        watch(channel);
        return emitted(
                channel,
                emitter -> channel.run((payload, metadata, done) -> emitter.emit(Message.of(
                        payload, Metadata.of(metadata), () -> done.apply(null), failure -> done.apply(failure)))));
    }

    private static <T> Multi<T> emitted(InboundChannel channel, Consumer<MultiEmitter<? super T>> run) {
        return Multi.createFrom()
                .emitter(
                        emitter -> {
                            emitter.onTermination(channel::stop);
                            Thread.ofVirtual().name("pull-" + channel.name()).start(() -> run.accept(emitter));
                        },
                        BackPressureStrategy.BUFFER);
    }

    private Multi<Message<byte[]>> subscribe(String subject) {
        return Multi.createFrom()
                .emitter(
                        emitter -> Thread.ofVirtual().start(() -> subscribe(subject, emitter)),
                        BackPressureStrategy.DROP);
    }

    private void subscribe(String subject, MultiEmitter<? super Message<byte[]>> emitter) {
        Dispatcher dispatcher = bus.connection()
                .createDispatcher(message -> emitter.emit(Message.of(
                        message.getData() == null ? new byte[0] : message.getData(),
                        Metadata.of(NatsMetadata.of(message)),
                        () -> CompletableFuture.completedFuture(null))));
        dispatcher.subscribe(subject);
        emitter.onTermination(() -> {
            if (bus.isConnected()) {
                bus.connection().closeDispatcher(dispatcher);
            }
        });
    }
}
