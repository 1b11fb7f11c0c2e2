package io.aegisflux.segmentation.builder.sandbox;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** The folder that builds work in (BUILD_OUTPUT_DIR), each in a directory of its own. */
public final class Workspace {
    static final String PREFIX = "build-";

    /** No build takes that long: what is older was left by a process that was killed. */
    private static final Duration STALE = Duration.ofMinutes(15);

    private final Path folder;

    /**
     * @param folder made when it is not there
     * @throws UncheckedIOException when it cannot be made or written to
     */
    public Workspace(Path folder) {
        this.folder = requireNonNull(folder, "folder is null").toAbsolutePath();
        try {
            Files.createDirectories(this.folder);
            open(OptionalInt.empty()).close();
        } catch (IOException e) {
            throw new UncheckedIOException("BUILD_OUTPUT_DIR %s cannot be written to".formatted(folder), e);
        }
    }

    /**
     * A new working directory, to be closed.
     *
     * @param toolUser the numeric user that tools run as, empty for the own one
     */
    WorkDirectory open(OptionalInt toolUser) throws IOException {
        sweep(Instant.now().minus(STALE));
        return WorkDirectory.in(folder, toolUser);
    }

    private void sweep(Instant before) throws IOException {
        List<Path> builds;
        try (Stream<Path> entries = Files.list(folder)) {
            builds = entries.filter(entry -> entry.getFileName().toString().startsWith(PREFIX))
                    .toList();
        }
        for (Path build : builds) {
            if (Files.exists(build)
                    && Files.getLastModifiedTime(build).toInstant().isBefore(before)) {
                WorkDirectory.delete(build);
            }
        }
    }
}
