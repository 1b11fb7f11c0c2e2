package io.aegisflux.segmentation.agent.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.Artifact;
import io.aegisflux.segmentation.agent.domain.HighWaterMark;
import io.aegisflux.segmentation.agent.domain.HostState;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * AGENT_STATE_DIR:
 *
 * <pre>
 * high-water.json            epoch, revision and digests of what was accepted last
 * applied.json               the signed envelope in force, its table's bytes, the artifact: one file, so they fit together
 * artifacts/&lt;sha256&gt;.o       the object
 * artifacts/&lt;sha256&gt;.manifest  its signed manifest
 * </pre>
 *
 * Nothing read from here is believed without its signature. For one thread at a time.
 */
public final class StateDirectory implements HostState {
    private static final String OBJECT = ".o";
    private static final String MANIFEST = ".manifest";

    private final Path markFile;
    private final Path appliedFile;
    private final Path artifacts;

    public StateDirectory(Path directory) {
        requireNonNull(directory, "directory is null");
        markFile = directory.resolve("high-water.json");
        appliedFile = directory.resolve("applied.json");
        artifacts = directory.resolve("artifacts");
    }

    @Override
    public Optional<HighWaterMark> mark() throws IOException {
        return read(markFile, HighWaterMark.class);
    }

    @Override
    public void raise(HighWaterMark mark) throws IOException {
        DurableFile.write(markFile, Wire.write(mark));
    }

    @Override
    public void remember(Applied applied) throws IOException {
        DurableFile.write(appliedFile, Wire.write(applied));
    }

    @Override
    public Optional<Applied> remembered() throws IOException {
        return read(appliedFile, Applied.class);
    }

    @Override
    public void keep(Artifact artifact) throws IOException {
        DurableFile.write(file(artifact.digest(), MANIFEST), artifact.manifest().getBytes(UTF_8));
        DurableFile.write(file(artifact.digest(), OBJECT), artifact.object());
    }

    @Override
    public Optional<Artifact> kept(String digest) throws IOException {
        Optional<byte[]> manifest = DurableFile.read(file(digest, MANIFEST));
        Optional<byte[]> object = DurableFile.read(file(digest, OBJECT));
        return manifest.isEmpty() || object.isEmpty()
                ? Optional.empty()
                : Optional.of(new Artifact(digest, object.get(), new String(manifest.get(), UTF_8)));
    }

    @Override
    public void forgetArtifactsBut(String digest) throws IOException {
        for (Path file : artifactFiles()) {
            if (!file.getFileName().toString().startsWith(digest + ".")) {
                DurableFile.delete(file);
            }
        }
    }

    @Override
    public void clear() throws IOException {
        DurableFile.delete(markFile);
        DurableFile.delete(appliedFile);
        for (Path file : artifactFiles()) {
            DurableFile.delete(file);
        }
        Files.deleteIfExists(artifacts);
    }

    private List<Path> artifactFiles() throws IOException {
        if (!Files.isDirectory(artifacts)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(artifacts)) {
            return files.toList();
        }
    }

    private Path file(String digest, String suffix) {
        if (!digest.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("an artifact is named by its SHA-256");
        }
        return artifacts.resolve(digest + suffix);
    }

    private static <T> Optional<T> read(Path file, Class<T> type) throws IOException {
        try {
            return DurableFile.read(file).map(bytes -> Wire.read(bytes, type));
        } catch (MalformedMessageException e) {
            throw new IOException("%s is damaged: %s".formatted(file, e.getMessage()), e);
        }
    }
}
