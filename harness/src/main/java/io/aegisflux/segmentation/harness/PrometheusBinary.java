package io.aegisflux.segmentation.harness;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/** Finds prometheus and promtool: in PATH, else what {@code ./dev} unpacked. */
public final class PrometheusBinary {
    private PrometheusBinary() {}

    /**
     * @param name prometheus or promtool
     * @throws IllegalStateException when there is none, with what to do about it
     */
    public static Path find(String name) {
        Stream<Path> folders = Stream.concat(
                Arrays.stream(System.getenv("PATH").split(File.pathSeparator)).map(Path::of),
                Stream.of(Repository.root().resolve(".tools/prometheus")));
        return folders.map(folder -> folder.resolve(name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "no %s in PATH or .tools/prometheus: run './dev tools', or install Debian's package prometheus"
                                .formatted(name)));
    }
}
