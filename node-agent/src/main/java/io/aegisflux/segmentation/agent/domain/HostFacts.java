package io.aegisflux.segmentation.agent.domain;

import static java.util.Objects.requireNonNull;

import java.util.Map;

/**
 * What this host's kernel can do, found by trying.
 *
 * @param hostName as {@code uname -n} prints it
 * @param architecture {@code x86_64} or {@code aarch64}
 * @param kernelVersion as {@code uname -r} prints it
 * @param btfAvailable whether the kernel describes its own types
 * @param bpfFeatures feature name to present or not: program and map types, helpers, tcx, ringbuf, batch operations
 * @param resourceLimits limit name to figure
 */
public record HostFacts(
        String hostName,
        String architecture,
        String kernelVersion,
        boolean btfAvailable,
        Map<String, Boolean> bpfFeatures,
        Map<String, Long> resourceLimits) {
    public HostFacts {
        requireNonNull(hostName, "hostName is null");
        requireNonNull(architecture, "architecture is null");
        requireNonNull(kernelVersion, "kernelVersion is null");
        bpfFeatures = Map.copyOf(bpfFeatures);
        resourceLimits = Map.copyOf(resourceLimits);
    }
}
