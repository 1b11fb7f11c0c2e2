package io.aegisflux.segmentation.telemetry.dashboard;

import java.net.URI;
import java.util.Set;

/**
 * All that the page is configured by, as {@code /ui-config.json} has it.
 *
 * @param natsUrl where a browser reaches the broker over WebSocket
 */
public record DashboardSettings(URI natsUrl) {
    private static final Set<String> SCHEMES = Set.of("ws", "wss");

    /**
     * @throws IllegalArgumentException when no browser could connect to that
     */
    public DashboardSettings {
        if (natsUrl.getScheme() == null || !SCHEMES.contains(natsUrl.getScheme()) || natsUrl.getHost() == null) {
            throw new IllegalArgumentException(
                    "segmentation.dashboard.nats-url is ws://<host>:<port> or wss://<host>:<port>, not " + natsUrl);
        }
    }
}
