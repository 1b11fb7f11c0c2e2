package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

/**
 * Who holds a right that one instance of a service has at a time, on {@code segmentation.leases.<name>}.
 *
 * @param service its name
 * @param instance one of its processes; a new one at each start
 */
public record LeaseClaim(String service, String instance) {
    public LeaseClaim {
        requireNonNull(service, "service is missing");
        requireNonNull(instance, "instance is missing");
    }
}
