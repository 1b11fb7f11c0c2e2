package io.aegisflux.segmentation.builder.sandbox;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The private directory of one build; closing it removes it. {@code work} is what tools see and may write to;
 * {@code root} is empty, for the sandbox to mount on; {@code checked} is out of the tools' reach.
 */
public final class WorkDirectory implements AutoCloseable {
    /** Tools may run as another user, and the umask may be strict. */
    private static final Set<PosixFilePermission> READABLE = PosixFilePermissions.fromString("rw-r--r--");

    private static final Set<PosixFilePermission> READABLE_FOLDER = PosixFilePermissions.fromString("rwxr-xr-x");

    private final Path directory;

    private WorkDirectory(Path directory) {
        this.directory = directory;
    }

    /**
     * Makes one.
     *
     * @param parent exists
     * @param toolUser the numeric user that tools run as, empty for the own one
     */
    static WorkDirectory in(Path parent, OptionalInt toolUser) throws IOException {
        WorkDirectory made = new WorkDirectory(Files.createTempDirectory(parent, Workspace.PREFIX)); // mode 0700
        Files.createDirectory(made.root());
        Files.createDirectory(made.directory.resolve("checked"));
        Files.createDirectory(made.work());
        if (toolUser.isPresent()) {
            Files.setAttribute(made.work(), "unix:uid", toolUser.getAsInt());
        }
        return made;
    }

    /** What tools see. */
    public Path work() {
        return directory.resolve("work");
    }

    Path root() {
        return directory.resolve("root");
    }

    /** Writes a file that tools read. */
    public void write(String name, byte[] content) throws IOException {
        Path file = requireInside(work(), name);
        if (!file.getParent().equals(work())) {
            Files.createDirectories(file.getParent());
            Files.setPosixFilePermissions(file.getParent(), READABLE_FOLDER);
        }
        Files.write(file, content, StandardOpenOption.CREATE_NEW);
        Files.setPosixFilePermissions(file, READABLE);
    }

    /** Writes a file that tools of a build cannot reach, and says where it is. */
    public Path writeChecked(String name, byte[] content) throws IOException {
        return Files.write(requireInside(directory.resolve("checked"), name), content, StandardOpenOption.CREATE_NEW);
    }

    /**
     * Reads a file that a tool wrote; links are not followed, for a tool that went astray may have made one.
     *
     * @param limit bytes
     * @throws IOException when there is none, when it is no file, or larger
     */
    public byte[] read(String name, long limit) throws IOException {
        Path file = requireInside(work(), name);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(name + " was not made");
        }
        try (InputStream in = Channels.newInputStream(
                Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)))) {
            byte[] bytes = in.readNBytes((int) limit + 1);
            if (bytes.length > limit) {
                throw new IOException("%s has more than %d bytes".formatted(name, limit));
            }
            return bytes;
        }
    }

    /** Removes it, as far as that goes: what is left is swept later. */
    @Override
    public void close() {
        delete(directory);
    }

    static void delete(Path directory) {
        try (Stream<Path> paths = Files.walk(directory)) {
            List<Path> deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException e) {
            System.getLogger(WorkDirectory.class.getName())
                    .log(System.Logger.Level.WARNING, "not removed: {0}: {1}", directory, e.getMessage());
        }
    }

    private static Path requireInside(Path parent, String name) {
        Path file = parent.resolve(requireNonNull(name, "name is null")).normalize();
        if (!file.startsWith(parent) || file.equals(parent)) {
            throw new IllegalArgumentException("no name of a file: " + name);
        }
        return file;
    }
}
