package io.aegisflux.segmentation.cli.doctor;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyUpdate;
import java.time.Instant;

/**
 * What is known of a host.
 *
 * @param metrics its last figures; null for none
 * @param metricsStored when the broker took them; null without metrics
 * @param capabilities null where they are not known
 * @param lastUpdate the last change it was to make; null for none
 */
public record HostFacts(
        PolicyApi.HostSummary desired,
        MetricsReport metrics,
        Instant metricsStored,
        CapabilityReport capabilities,
        PolicyUpdate lastUpdate) {
    public HostFacts {
        requireNonNull(desired, "desired is null");
    }
}
