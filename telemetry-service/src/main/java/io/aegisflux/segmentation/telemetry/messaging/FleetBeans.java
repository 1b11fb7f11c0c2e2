package io.aegisflux.segmentation.telemetry.messaging;

import io.aegisflux.segmentation.telemetry.domain.Fleet;
import io.aegisflux.segmentation.telemetry.domain.FlowWindows;
import io.aegisflux.segmentation.telemetry.domain.Names;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Makes what the process knows, which begins empty and is read from the streams at every start. */
@ApplicationScoped
public class FleetBeans {
    @Produces
    @Singleton
    Fleet fleet(@ConfigProperty(name = "segmentation.metrics.max-rules") int maxRules) {
        return new Fleet(maxRules);
    }

    @Produces
    @Singleton
    FlowWindows flowWindows() {
        return new FlowWindows();
    }

    @Produces
    @Singleton
    Names names() {
        return new Names();
    }
}
