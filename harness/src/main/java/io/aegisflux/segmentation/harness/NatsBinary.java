package io.aegisflux.segmentation.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Finds the nats-server to run: the one that SEGMENTATION_NATS_SERVER names, else what {@code ./dev} unpacked. */
public final class NatsBinary {
    /** Names the nats-server binary that tests and the dev cluster run. */
    public static final String VARIABLE = "SEGMENTATION_NATS_SERVER";

    private NatsBinary() {}

    /**
     * @throws IllegalStateException when there is none, with what to do about it
     */
    public static Path find() {
        String chosen = System.getenv(VARIABLE);
        if (chosen != null && !chosen.isBlank()) {
            Path binary = Repository.root().resolve(chosen);
            if (!Files.isExecutable(binary)) {
                throw new IllegalStateException("%s is %s, which is not a program".formatted(VARIABLE, binary));
            }
            return binary;
        }
        return List.of("nats-server-2.15", "nats-server-2.10").stream()
                .map(name -> Repository.root().resolve(".tools").resolve(name).resolve("nats-server"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "no nats-server under .tools: run './dev tools', or name one in " + VARIABLE));
    }
}
