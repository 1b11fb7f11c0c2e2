package io.aegisflux.segmentation.agent.domain;

import java.io.IOException;
import java.util.List;

/** The interfaces and addresses of this host, as they are now. */
public interface HostNetwork {
    /** @throws IOException when they cannot be listed now */
    Seen look() throws IOException;

    /**
     * What was seen.
     *
     * @param interfaces by name, those that the host enforces on and that are there
     * @param addresses literal IPv4 and IPv6 addresses by which the host is known, sorted
     */
    record Seen(List<String> interfaces, List<String> addresses) {
        public static final Seen NOTHING = new Seen(List.of(), List.of());

        public Seen {
            interfaces = List.copyOf(interfaces);
            addresses = List.copyOf(addresses);
        }
    }
}
