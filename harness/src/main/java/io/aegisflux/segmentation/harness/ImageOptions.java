package io.aegisflux.segmentation.harness;

import com.fasterxml.jackson.core.type.TypeReference;
import io.aegisflux.segmentation.contracts.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The options of the JVM that a service's image is run with, for what is measured as users have it. */
public final class ImageOptions {
    private static final String ENTRYPOINT = "ENTRYPOINT ";

    private ImageOptions() {}

    /**
     * As deploy/docker has them; all tiers of the compiler, which is the JVM's default.
     *
     * @param module the folder of the service
     */
    public static List<String> of(String module) {
        Path file = Repository.root().resolve("deploy/docker/" + module + ".Dockerfile");
        try {
            String entrypoint = Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith(ENTRYPOINT))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(file + " has no entry point"));
            List<String> options = new ArrayList<>(List.of("-XX:TieredStopAtLevel=4"));
            options.addAll(Wire.mapper()
                    .readValue(entrypoint.substring(ENTRYPOINT.length()), new TypeReference<List<String>>() {})
                    .stream()
                    .filter(word -> word.startsWith("-X"))
                    .toList());
            return options;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
