package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A workload of the registry, on {@code segmentation.workloads.<id>}: names addresses on which no agent runs.
 *
 * @param addresses literal IPv4 and IPv6 addresses, and prefixes
 * @param expiresAt from when on it is gone; null for never
 */
public record RegisteredWorkload(WorkloadId id, Map<String, String> labels, List<String> addresses, Instant expiresAt) {
    public RegisteredWorkload {
        requireNonNull(id, "id is missing");
        labels = Frozen.map(labels);
        addresses = Frozen.listOrEmpty(addresses, "addresses");
        addresses.forEach(Prefix::parse);
    }

    /** What label conditions see of it. */
    public Workload workload() {
        return new Workload(id.value(), labels, addresses);
    }
}
