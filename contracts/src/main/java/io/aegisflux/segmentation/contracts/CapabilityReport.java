package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a host can do, found by trying, in the metadata of a {@link SystemEvent#CAPABILITY_REPORT}.
 *
 * @param architecture as in {@link BuildSpec}: x86_64 or aarch64
 * @param bpfFeatures feature name to present or not: program and map types, helpers, tcx, ringbuf, batch operations
 * @param hookPoints hook name to what is used there: tcx, clsact, native, generic, cgroup or off; behind that
 *     word, after a space or a punctuation mark, the reason or which programs of others run there
 * @param resourceLimits limit name to figure
 * @param labels of the host: from its configuration, and {@link HostLabels}
 * @param addresses literal IPv4 and IPv6 addresses by which the host itself is known, for label conditions
 * @param workloads what lives on the host, for label conditions
 * @param posture what the host does where no policy decides: ALLOW (also when null) or DENY
 */
public record CapabilityReport(
        HostId hostId,
        String architecture,
        String kernelVersion,
        boolean btfAvailable,
        Map<String, Boolean> bpfFeatures,
        Map<String, String> hookPoints,
        Map<String, Long> resourceLimits,
        Map<String, String> labels,
        List<String> addresses,
        List<Workload> workloads,
        Action posture,
        Instant timestamp) {

    public CapabilityReport {
        requireNonNull(hostId, "host_id is missing");
        requireNonNull(architecture, "architecture is missing");
        requireNonNull(kernelVersion, "kernel_version is missing");
        requireNonNull(timestamp, "timestamp is missing");
        posture = posture == null ? Action.ALLOW : posture;
        if (posture != Action.ALLOW && posture != Action.DENY) {
            throw new IllegalArgumentException("a posture is allow or deny, not " + posture.wireName());
        }
        bpfFeatures = Frozen.map(bpfFeatures);
        hookPoints = Frozen.map(hookPoints);
        resourceLimits = Frozen.map(resourceLimits);
        labels = Frozen.map(labels);
        addresses = Frozen.listOrEmpty(addresses, "addresses");
        addresses.forEach(Addresses::parse);
        workloads = Frozen.listOrEmpty(workloads, "workloads");
    }

    /** The host itself, as label conditions see it. */
    public Workload workload() {
        return new Workload(hostId.value(), labels, addresses);
    }
}
