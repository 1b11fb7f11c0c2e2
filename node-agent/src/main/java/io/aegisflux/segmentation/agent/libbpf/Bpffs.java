package io.aegisflux.segmentation.agent.libbpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The file system that pins live in. */
public final class Bpffs {
    /** Where every distribution mounts it. */
    private static final Path USUAL = Path.of("/sys/fs/bpf");

    private static final MethodHandle MOUNT =
            Native.libc("mount", Native.returningInt(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));

    private Bpffs() {}

    /**
     * Makes sure that a directory is on a bpffs: mounts one at its usual place when the directory lies below and none is
     * mounted there, as init systems do.
     *
     * @throws IOException when it is not, with what to do
     */
    public static void require(Path directory) throws IOException {
        List<String> mounts = Files.readAllLines(Path.of("/proc/self/mounts"));
        if (isOnBpffs(directory, mounts)) {
            return;
        }
        if (!directory.startsWith(USUAL)) {
            throw new IOException("%s is not on a bpffs: mount -t bpf bpf on one of its parents".formatted(directory));
        }
        try {
            Native.checkedLibc("mount of a bpffs on " + USUAL, (arena, state) -> {
                MemorySegment type = arena.allocateFrom("bpf");
                return (int) MOUNT.invokeExact(
                        state, type, arena.allocateFrom(USUAL.toString()), type, 0L, MemorySegment.NULL);
            });
        } catch (BpfException e) {
            throw new IOException(e.getMessage() + "; run 'mount -t bpf bpf %s' as root".formatted(USUAL), e);
        }
    }

    /** Whether the deepest mount above the directory is a bpffs; columns: device, mount point, type. */
    static boolean isOnBpffs(Path directory, List<String> mounts) {
        String type = "";
        int deepest = -1;
        for (String line : mounts) {
            String[] columns = line.split(" ");
            Path point = Path.of(columns[1].replace("\\040", " "));
            if (directory.startsWith(point) && point.getNameCount() >= deepest) { // a later mount hides an earlier one
                deepest = point.getNameCount();
                type = columns[2];
            }
        }
        return type.equals("bpf");
    }
}
