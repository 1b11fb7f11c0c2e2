package io.aegisflux.segmentation.agent.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A cgroup of a test's own, wherever cgroup v2 is mounted. */
final class TestCgroup {
    private TestCgroup() {}

    /** The directory; whoever asked removes it. */
    static Path create(String name) throws IOException {
        try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mounts"))) {
            Path mount = mounts.map(line -> line.split(" "))
                    .filter(columns -> columns[2].equals("cgroup2"))
                    .map(columns -> Path.of(columns[1]))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no cgroup v2 is mounted"));
            return Files.createDirectories(mount.resolve(name));
        }
    }
}
