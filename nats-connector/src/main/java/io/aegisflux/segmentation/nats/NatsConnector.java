package io.aegisflux.segmentation.nats;

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
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.Metadata;
import org.eclipse.microprofile.reactive.messaging.spi.Connector;

/**
 * Incoming channels over NATS, connector name {@code segmentation-nats}. With {@code stream}: a durable pull consumer;
 * attributes {@code durable} (default: the service's name and the channel's), {@code filter-subjects} (comma list),
 * {@code ack-wait} (ISO-8601 duration, default PT30S), {@code max-ack-pending} (default 64), {@code longest-retry}
 * (default PT10M), {@code deliver} (all or new). Without {@code stream}: a core subscription of {@code subject}. Payloads are bytes; {@link NatsMetadata} comes
 * along.
 */
@ApplicationScoped
@Connector(NatsConnector.NAME)
public class NatsConnector implements InboundConnector {
    public static final String NAME = "segmentation-nats";

    private final Bus bus;
    private final String service;
    private final List<PullChannel> channels = new CopyOnWriteArrayList<>();

    @Inject
    public NatsConnector(Bus bus) {
        this.bus = bus;
        this.service = bus.settings().clientName();
    }

    @Override
    public Flow.Publisher<? extends Message<?>> getPublisher(Config config) {
        String channel = config.getValue("channel-name", String.class);
        return config.getOptionalValue("stream", String.class)
                .map(stream -> pull(channel, stream, config))
                .orElseGet(() -> subscribe(config.getValue("subject", String.class)));
    }

    /** For health: the channels that have trouble, with the reason, and how many messages wait. */
    List<PullChannel> channels() {
        return List.copyOf(channels);
    }

    @PreDestroy
    void stop() {
        channels.forEach(PullChannel::stop);
    }

    private Multi<Message<byte[]>> pull(String channel, String stream, Config config) {
        var settings = new PullChannel.Settings(
                channel,
                service,
                stream,
                config.getOptionalValue("durable", String.class).orElse(service + "-" + channel),
                List.of(config.getValue("filter-subjects", String.class).split("\\s*,\\s*")),
                config.getOptionalValue("ack-wait", Duration.class).orElse(Duration.ofSeconds(30)),
                config.getOptionalValue("max-ack-pending", Integer.class).orElse(64),
                config.getOptionalValue("longest-retry", Duration.class).orElse(Duration.ofMinutes(10)),
                config.getOptionalValue("deliver", String.class).orElse("all").equals("new"));
        PullChannel pull = new PullChannel(bus, settings);
        channels.add(pull);
        return Multi.createFrom()
                .emitter(
                        emitter -> {
                            emitter.onTermination(pull::stop);
                            Thread.ofVirtual()
                                    .name("pull-" + channel)
                                    .start(() -> pull.run((payload, metadata, done) -> emitter.emit(Message.of(
                                            payload,
                                            Metadata.of(metadata),
                                            () -> done.apply(null),
                                            failure -> done.apply(failure)))));
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
