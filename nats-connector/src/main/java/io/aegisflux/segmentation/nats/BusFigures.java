package io.aegisflux.segmentation.nats;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;

/** How a service stands with its broker, at its own {@code /q/metrics}. */
final class BusFigures {
    private final MeterRegistry metrics;
    private final String service;
    private final List<ChannelState> channels;

    /**
     * @param channels as they come
     */
    BusFigures(MeterRegistry metrics, Bus bus, List<ChannelState> channels) {
        this.metrics = metrics;
        this.service = bus.settings().clientName();
        this.channels = channels;
        Gauge.builder("segmentation.nats.connected", bus, of -> of.isConnected() ? 1 : 0)
                .description("1 while the service is connected to its broker.")
                .tag("service", service)
                .register(metrics);
    }

    /** Shows how many messages of a stream wait for this service's channels; once a stream. */
    void watch(String stream) {
        Gauge.builder(
                        "segmentation.consumer.pending.messages",
                        channels,
                        of -> of.stream()
                                .filter(channel -> channel.stream().equals(stream))
                                .mapToLong(ChannelState::pending)
                                .sum())
                .description("Messages of the stream that the service has not seen yet.")
                .tag("service", service)
                .tag("stream", stream)
                .register(metrics);
    }
}
