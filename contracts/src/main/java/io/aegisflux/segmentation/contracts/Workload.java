package io.aegisflux.segmentation.contracts;

import java.util.List;
import java.util.Map;

/**
 * Something with addresses and labels that policies talk about.
 *
 * @param addresses literal IPv4 and IPv6 addresses
 */
public record Workload(String name, Map<String, String> labels, List<String> addresses) {
    public Workload {
        labels = labels == null ? Map.of() : Map.copyOf(labels);
        addresses = addresses == null ? List.of() : List.copyOf(addresses);
    }
}
