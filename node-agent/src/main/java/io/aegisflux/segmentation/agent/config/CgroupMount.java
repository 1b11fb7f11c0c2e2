package io.aegisflux.segmentation.agent.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Finds where the cgroup v2 hierarchy is mounted. */
final class CgroupMount {
    private CgroupMount() {}

    static Optional<Path> find() {
        try {
            return in(Files.readAllLines(Path.of("/proc/self/mounts")));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Columns: device, mount point with blanks as {@code \040}, type, options. */
    static Optional<Path> in(List<String> mounts) {
        return mounts.stream()
                .map(line -> line.split(" "))
                .filter(f -> f.length >= 3 && f[2].equals("cgroup2"))
                .map(f -> Path.of(f[1].replace("\\040", " ")))
                .findFirst();
    }
}
