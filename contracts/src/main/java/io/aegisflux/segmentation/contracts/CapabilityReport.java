package io.aegisflux.segmentation.contracts;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a host can do, found by trying, in the metadata of a {@link SystemEvent#CAPABILITY_REPORT}.
 *
 * @param bpfFeatures feature name to present or not: program and map types, helpers, tcx, ringbuf, batch operations
 * @param hookPoints hook name to what is used there: tcx, clsact, native, generic, cgroup or off
 * @param resourceLimits limit name to figure
 * @param labels of the host, from its configuration
 * @param workloads what lives on the host, for label conditions
 */
public record CapabilityReport(
        HostId hostId,
        String kernelVersion,
        boolean btfAvailable,
        Map<String, Boolean> bpfFeatures,
        Map<String, String> hookPoints,
        Map<String, Long> resourceLimits,
        Map<String, String> labels,
        List<Workload> workloads,
        Instant timestamp) {

    public CapabilityReport {
        bpfFeatures = bpfFeatures == null ? Map.of() : Map.copyOf(bpfFeatures);
        hookPoints = hookPoints == null ? Map.of() : Map.copyOf(hookPoints);
        resourceLimits = resourceLimits == null ? Map.of() : Map.copyOf(resourceLimits);
        labels = labels == null ? Map.of() : Map.copyOf(labels);
        workloads = workloads == null ? List.of() : List.copyOf(workloads);
    }
}
