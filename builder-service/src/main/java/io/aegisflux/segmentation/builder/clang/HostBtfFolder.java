package io.aegisflux.segmentation.builder.clang;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.builder.domain.KernelRelease;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** BTF of kernels that have none of their own, as the operator supplies it: {@code <kernel release>.btf} in one folder. */
public final class HostBtfFolder {
    /** Each takes a part of a second of every build that compiles. */
    static final int MAX_FILES = 64;

    private final Optional<Path> folder;
    private final Map<Path, DigestedFile> files = new ConcurrentHashMap<>();

    /**
     * @param folder BTF_HOSTS_DIR; empty when no BTF is supplied
     */
    public HostBtfFolder(Optional<Path> folder) {
        this.folder = requireNonNull(folder, "folder is null");
    }

    /** What a look at the folder found: files that are used, and why others are not. */
    record Found(SortedMap<String, DigestedFile> byRelease, List<String> leftOut) {}

    /** What is left out, and why. */
    public List<String> problems() {
        return look().leftOut();
    }

    Found look() {
        SortedMap<String, DigestedFile> used = new TreeMap<>();
        List<String> leftOut = new ArrayList<>();
        if (folder.isPresent()) {
            try (Stream<Path> entries = Files.list(folder.get())) {
                for (Path entry : entries.sorted().toList()) {
                    take(entry, used, leftOut);
                }
            } catch (IOException e) {
                leftOut.add("BTF_HOSTS_DIR is %s, which cannot be read: %s".formatted(folder.get(), e.getMessage()));
            }
        }
        return new Found(used, leftOut);
    }

    private void take(Path entry, SortedMap<String, DigestedFile> used, List<String> leftOut) throws IOException {
        String name = entry.getFileName().toString();
        Optional<KernelRelease> release = KernelRelease.ofFile(name);
        if (release.isEmpty() || !Files.isRegularFile(entry)) {
            leftOut.add("%s in BTF_HOSTS_DIR is left out: it is no file named <kernel release>.btf".formatted(name));
        } else if (Files.size(entry) > DigestedFile.MAX_BYTES || !isBtf(entry)) {
            leftOut.add("%s in BTF_HOSTS_DIR is left out: it is no raw BTF of at most 64 MiB".formatted(name));
        } else if (used.size() == MAX_FILES) {
            leftOut.add("%s in BTF_HOSTS_DIR is left out: %d are taken".formatted(name, MAX_FILES));
        } else {
            used.put(release.get().value(), files.computeIfAbsent(entry, DigestedFile::new));
        }
    }

    /** The magic number of linux/btf.h in the byte order of all hosts that are built for. */
    private static boolean isBtf(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] magic = in.readNBytes(2);
            return magic.length == 2 && magic[0] == (byte) 0x9F && magic[1] == (byte) 0xEB;
        }
    }
}
