package io.aegisflux.segmentation.builder.clang;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A large file whose digest is asked for often: read again only when it has changed. */
final class DigestedFile {
    /** A kernel's BTF has five to ten MiB; a vmlinux with debugging information has hundreds, and is not meant. */
    static final long MAX_BYTES = 64L << 20;

    private final Path file;
    private FileStamp stamp;
    private String digest;

    DigestedFile(Path file) {
        this.file = requireNonNull(file, "file is null");
    }

    Path path() {
        return file;
    }

    /** SHA-256 in lower-case hex. */
    synchronized String digest() throws IOException {
        FileStamp now = FileStamp.of(file);
        if (!now.equals(stamp)) {
            digest = Digests.sha256Hex(read());
            stamp = now;
        }
        return digest;
    }

    /**
     * Its bytes.
     *
     * @throws IOException also when they are not those of the digest any more
     */
    byte[] content(String expectedDigest) throws IOException {
        byte[] bytes = read();
        if (!Digests.sha256Hex(bytes).equals(expectedDigest)) {
            throw new IOException(file + " has changed while it was being used");
        }
        return bytes;
    }

    private byte[] read() throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes((int) MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException("it has more than %d MiB".formatted(MAX_BYTES >> 20));
            }
            return bytes;
        }
    }
}
