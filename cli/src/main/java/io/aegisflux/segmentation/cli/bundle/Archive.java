package io.aegisflux.segmentation.cli.bundle;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * A tar.gz that is there whole or not at all: it is written beside its place under another name, which only its owner may read, and
 * removed unless it is {@link #complete}, also when the process is interrupted.
 */
public final class Archive implements AutoCloseable {
    /** The one folder that all is in. */
    public static final String FOLDER = "segctl-bundle/";

    private static final int OWNER_ALONE = 0100600;

    private final Path target;
    private final boolean replaces;
    private final Instant time;
    private final Path written;
    private final Thread removal;
    private final TarArchiveOutputStream tar;
    private final List<Manifest.File> files = new ArrayList<>();

    /**
     * Begins one.
     *
     * @param replaces whether a file of this name is replaced
     * @param time of its files
     * @throws IOException when its folder cannot be written to
     */
    public Archive(Path target, boolean replaces, Instant time) throws IOException {
        this.target = requireNonNull(target, "target is null").toAbsolutePath();
        this.replaces = replaces;
        this.time = requireNonNull(time, "time is null");
        written = Files.createTempFile(this.target.getParent(), ".segctl-bundle-", ".part");
        removal = Thread.ofPlatform().unstarted(this::remove);
        Runtime.getRuntime().addShutdownHook(removal);
        tar = new TarArchiveOutputStream(new GZIPOutputStream(Files.newOutputStream(written)));
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    }

    /** Adds a file. */
    public void add(String path, byte[] content) throws IOException {
        put(path, content);
        files.add(new Manifest.File(path, content.length, Digests.sha256Hex(content)));
    }

    /** What was added. */
    public List<Manifest.File> files() {
        return List.copyOf(files);
    }

    /**
     * Adds the manifest and puts the archive into its place.
     *
     * @throws java.nio.file.FileAlreadyExistsException when there is a file meanwhile that must not be replaced
     */
    public void complete(byte[] manifest) throws IOException {
        put("manifest.json", manifest);
        tar.close();
        if (replaces) {
            Files.move(written, target, StandardCopyOption.ATOMIC_MOVE);
        } else {
            Files.move(written, target);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            tar.close();
        } finally {
            remove();
            try {
                Runtime.getRuntime().removeShutdownHook(removal);
            } catch (IllegalStateException e) {
                // The process ends: the hook runs.
            }
        }
    }

    private void put(String path, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(FOLDER + path);
        entry.setMode(OWNER_ALONE);
        entry.setModTime(Date.from(time));
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private void remove() {
        try {
            Files.deleteIfExists(written);
        } catch (IOException e) {
            // Nothing is left to do about it; only its owner can read it.
        }
    }
}
