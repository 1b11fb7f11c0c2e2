package io.aegisflux.segmentation.harness;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the checkout is. */
public final class Repository {
    private Repository() {}

    /**
     * The folder of the parent pom: the system property {@code segmentation.root} where the build sets it, else found
     * upwards from the working directory.
     *
     * @throws IllegalStateException when neither leads to a checkout
     */
    public static Path root() {
        String property = System.getProperty("segmentation.root");
        if (property != null) {
            return Path.of(property);
        }
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve("mvnw"))) {
                return at;
            }
        }
        throw new IllegalStateException("not inside a checkout: set -Dsegmentation.root");
    }
}
