package io.aegisflux.segmentation.nats;

import io.nats.client.api.ServerInfo;
import java.util.Arrays;

/** The oldest nats-server we talk to. */
public final class ServerFloor {
    /** Debian 13's; see {@link #refusal} for what lies below. */
    public static final String VERSION = "2.10.27";

    private ServerFloor() {}

    /**
     * @throws UnfitServerException when the server is older than {@link #VERSION} or has no JetStream
     */
    public static void check(ServerInfo server) {
        check(server.getVersion(), server.isJetStreamAvailable());
    }

    static void check(String version, boolean jetStream) {
        if (Arrays.compare(numbers(version), numbers(VERSION)) < 0) {
            throw new UnfitServerException(refusal(version));
        }
        if (!jetStream) {
            throw new UnfitServerException(
                    "nats-server %s runs without JetStream: start it with -js or a jetstream block".formatted(version));
        }
    }

    private static String refusal(String version) {
        return ("nats-server %s is below %s, the oldest that is safe here: before it, a user with rights on $JS may purge"
                        + " other accounts (CVE-2025-30215), and 2.9 does not know sync_interval, so that acknowledged"
                        + " policies can be lost. Run 2.15 (recommended) or %s")
                .formatted(version, VERSION, VERSION);
    }

    private static int[] numbers(String version) {
        return Arrays.stream(version.replaceFirst("[-+].*", "").split("\\."))
                .mapToInt(part -> part.matches("[0-9]{1,6}") ? Integer.parseInt(part) : 0)
                .toArray();
    }
}
