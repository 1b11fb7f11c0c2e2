package io.aegisflux.segmentation.telemetry.messaging;

import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.TelemetryApi;
import io.aegisflux.segmentation.nats.ApiEndpoints;
import io.aegisflux.segmentation.nats.ApiException;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.Heartbeat;
import io.aegisflux.segmentation.nats.StoredMessage;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** {@code segmentation.api.telemetry.*}: what was published last, whichever instance did, and questions about flows. */
@ApplicationScoped
public class TelemetryEndpoints {
    private final Bus bus;
    private final TelemetryPublisher publisher;
    private final FlowQueries queries;
    private final Hints hints;
    private final Partitions partitions;
    private final String version;
    private final MeterRegistry metrics;
    private volatile ApiEndpoints endpoints;
    private volatile Heartbeat heartbeat;

    @Inject
    public TelemetryEndpoints(
            Bus bus,
            TelemetryPublisher publisher,
            FlowQueries queries,
            Hints hints,
            Partitions partitions,
            @ConfigProperty(name = "quarkus.application.version") String version,
            MeterRegistry metrics) {
        this.bus = bus;
        this.publisher = publisher;
        this.queries = queries;
        this.hints = hints;
        this.partitions = partitions;
        this.version = version;
        this.metrics = metrics;
    }

    void start(@Observes StartupEvent event) {
        heartbeat = Heartbeat.start(
                bus, version, () -> Map.of("publishing", publisher.isPublishing(), "partitions", partitions.mine()));
        Thread.ofVirtual()
                .name("telemetry-api")
                .start(() -> endpoints = ApiEndpoints.start(
                        bus,
                        TelemetryApi.SERVICE,
                        version.replaceFirst("-.*", ""),
                        Map.of(
                                TelemetryApi.SUMMARY,
                                request -> last(Subjects.TELEMETRY_SUMMARY),
                                TelemetryApi.HOSTS,
                                request -> last(Subjects.TELEMETRY_HOSTS),
                                TelemetryApi.RULES,
                                request -> last(Subjects.TELEMETRY_RULES),
                                TelemetryApi.FLOWS,
                                queries::flows,
                                TelemetryApi.MAP,
                                queries::map,
                                TelemetryApi.TOP,
                                queries::top,
                                TelemetryApi.HINTS,
                                hints::hints),
                        metrics));
    }

    void stop(@Observes ShutdownEvent event) {
        heartbeat.close();
        if (endpoints != null) {
            endpoints.close();
        }
    }

    private byte[] last(String subject) {
        return bus.last(Streams.TELEMETRY, subject)
                .map(StoredMessage::data)
                .orElseThrow(() -> new ApiException(
                        ApiError.NOT_FOUND,
                        "nothing was published on " + subject + " in the last ten minutes",
                        "it comes within seconds: ask again"));
    }
}
