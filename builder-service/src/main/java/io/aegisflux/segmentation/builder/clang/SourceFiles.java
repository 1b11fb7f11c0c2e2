package io.aegisflux.segmentation.builder.clang;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.builder.domain.Sources;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The C sources, out of a folder or of this service's jar, and libbpf's headers, out of the folder that has them. */
public final class SourceFiles implements Sources.Reader {
    private static final String IN_JAR = "/bpf/";
    private static final String LIBBPF = "bpf/";
    private static final int MAX_BYTES = 4 << 20;

    private final Optional<Path> folder;
    private final Path headers;

    /**
     * @param folder BPF_SOURCES_DIR; empty for the sources in the jar
     * @param headers LIBBPF_HEADERS_DIR, where bpf_helpers.h lies
     */
    public SourceFiles(Optional<Path> folder, Path headers) {
        this.folder = requireNonNull(folder, "folder is null");
        this.headers = requireNonNull(headers, "headers is null");
    }

    @Override
    public Optional<byte[]> read(String name) {
        try {
            if (name.startsWith(LIBBPF)) {
                return read(headers.resolve(name.substring(LIBBPF.length())));
            }
            return folder.isPresent() ? read(folder.get().resolve(name)) : readFromJar(name);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read %s: %s".formatted(name, e.getMessage()), e);
        }
    }

    private static Optional<byte[]> read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file)) {
            return Optional.of(bounded(in, file.toString()));
        }
    }

    private static Optional<byte[]> readFromJar(String name) throws IOException {
        try (InputStream in = SourceFiles.class.getResourceAsStream(IN_JAR + name)) {
            return in == null ? Optional.empty() : Optional.of(bounded(in, name));
        }
    }

    private static byte[] bounded(InputStream in, String name) throws IOException {
        byte[] bytes = in.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw new IOException("%s has more than %d bytes".formatted(name, MAX_BYTES));
        }
        return bytes;
    }
}
