package io.aegisflux.segmentation.telemetry;

import io.aegisflux.segmentation.harness.NatsBinary;
import io.aegisflux.segmentation.harness.NatsServer;
import java.nio.file.Path;

/** A broker that does not wait for the disk with every message, so that a burst is one on any disk. */
final class HurriedBroker {
    private HurriedBroker() {}

    /**
     * @param directory of its own, which its end deletes
     */
    static NatsServer start(Path directory) {
        return NatsServer.start(
                NatsBinary.find(),
                "127.0.0.1",
                NatsServer.freePort(),
                "jetstream { store_dir: \"%s\", sync_interval: 2m }".formatted(directory.resolve("store")),
                directory);
    }
}
