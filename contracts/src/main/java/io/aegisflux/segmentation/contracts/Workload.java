package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;

/**
 * Something with addresses and labels that policies talk about.
 *
 * @param addresses literal IPv4 and IPv6 addresses, and prefixes
 */
public record Workload(String name, Map<String, String> labels, List<String> addresses) {
    public Workload {
        requireNonNull(name, "name is missing");
        labels = Frozen.map(labels);
        addresses = Frozen.listOrEmpty(addresses, "addresses");
        addresses.forEach(Prefix::parse);
    }
}
