package io.aegisflux.segmentation.telemetry.messaging;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready once the fleet's state was read: before, every figure would be too small. */
@Readiness
@ApplicationScoped
public class TelemetryReadiness implements HealthCheck {
    private final StoredState stored;
    private final TelemetryPublisher publisher;
    private final Partitions partitions;

    @Inject
    public TelemetryReadiness(StoredState stored, TelemetryPublisher publisher, Partitions partitions) {
        this.stored = stored;
        this.publisher = publisher;
        this.partitions = partitions;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("fleet")
                .status(stored.isComplete())
                .withData("publishing", publisher.isPublishing())
                .withData("partitions", partitions.mine().toString())
                .build();
    }
}
