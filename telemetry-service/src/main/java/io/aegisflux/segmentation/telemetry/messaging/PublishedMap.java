package io.aegisflux.segmentation.telemetry.messaging;

import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.TelemetryMap;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.StateFollower;
import io.aegisflux.segmentation.telemetry.domain.MapView;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The map as the instance that publishes told it, so that each instance answers with what everybody hears, and a reader may
 * go on from the answer with the next message.
 */
@ApplicationScoped
public class PublishedMap {
    /** A full one is published twice in this time. */
    private static final Duration BEFORE = TelemetryPublisher.FULL_MAP.multipliedBy(2);

    private final Bus bus;
    private final MapView view = new MapView();
    private volatile StateFollower follower;

    @Inject
    public PublishedMap(Bus bus) {
        this.bus = bus;
    }

    void start(@Observes StartupEvent event) {
        follower = StateFollower.since(
                bus,
                Streams.TELEMETRY,
                Subjects.TELEMETRY_MAP,
                Instant.now().minus(BEFORE),
                (data, metadata) -> view.take(Wire.read(data, TelemetryMap.class)));
    }

    void stop(@Observes ShutdownEvent event) {
        follower.close();
    }

    Optional<TelemetryMap> whole() {
        return view.whole();
    }
}
