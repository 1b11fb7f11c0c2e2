package io.aegisflux.segmentation.telemetry.prometheus;

import io.aegisflux.segmentation.telemetry.domain.Family;
import io.aegisflux.segmentation.telemetry.domain.Fleet;
import io.aegisflux.segmentation.telemetry.domain.FlowWindows;
import io.prometheus.client.CollectorRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Makes the registry behind {@code /q/metrics}, which Micrometer shares with the fleet's families. */
@ApplicationScoped
public class FleetRegistry {
    @Produces
    @Singleton
    CollectorRegistry registry(
            Fleet fleet,
            FlowWindows windows,
            @ConfigProperty(name = "quarkus.application.version") String version,
            @ConfigProperty(name = "segmentation.revision") String revision) {
        Family build = new Family(
                "segmentation_build_info",
                Family.Type.GAUGE,
                "1 for the version that runs, with the revision of its sources.",
                List.of("version", "revision"),
                List.of(new Family.Sample(List.of(version, revision), 1)));
        CollectorRegistry registry = new CollectorRegistry(true);
        registry.register(new FleetCollector(fleet, windows, build, Clock.systemUTC()));
        return registry;
    }
}
