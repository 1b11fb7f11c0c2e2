package io.aegisflux.segmentation.agent.kernel;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.libbpf.Bpffs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the pins of a host lie:
 *
 * <pre>
 *   links/&lt;hook&gt;=&lt;interface&gt;    programs on hooks; they outlive a change of layout
 *   v&lt;layout&gt;/maps/&lt;map&gt;
 *   v&lt;layout&gt;/programs/&lt;program&gt;
 * </pre>
 */
final class PinDirectory {
    private static final String NEXT = "-next";

    private final Path root;
    private final Path layout;

    PinDirectory(Path root) {
        this.root = requireNonNull(root, "root is null");
        this.layout = root.resolve("v" + Structs.LAYOUT_VERSION);
    }

    /**
     * Makes the directories.
     *
     * @throws IOException when they are not on a bpffs, or may not be made
     */
    void prepare() throws IOException {
        Bpffs.require(root);
        Files.createDirectories(root.resolve("links"));
        Files.createDirectories(layout.resolve("maps"));
        Files.createDirectories(layout.resolve("programs"));
    }

    Path map(String name) {
        return layout.resolve("maps").resolve(encoded(name));
    }

    Path program(Program program) {
        return layout.resolve("programs").resolve(program.functionName());
    }

    /** Where a program lies until it runs on the hooks. */
    Path nextProgram(Program program) {
        return layout.resolve("programs" + NEXT).resolve(program.functionName());
    }

    Path link(String name) {
        return root.resolve("links").resolve(encoded(name));
    }

    /** The names of all links. */
    List<String> links() throws IOException {
        return names(root.resolve("links")).stream().map(PinDirectory::decoded).toList();
    }

    /** Whether programs of another layout than ours hold the hooks. */
    boolean hasOnlyOtherLayouts() throws IOException {
        return !Files.exists(program(Program.TC_INGRESS)) && !links().isEmpty();
    }

    /** Makes room for the next programs. */
    void clearNextPrograms() throws IOException {
        Path next = layout.resolve("programs" + NEXT);
        delete(next);
        Files.createDirectories(next);
    }

    /** The next programs become the programs. */
    void promoteNextPrograms() throws IOException {
        for (Program program : Program.values()) {
            Files.move(nextProgram(program), program(program), StandardCopyOption.ATOMIC_MOVE);
        }
        delete(layout.resolve("programs" + NEXT));
    }

    /** Removes what programs of other layouts have left. */
    void removeOtherLayouts() throws IOException {
        for (String name : names(root)) {
            if (name.matches("v[0-9]+") && !name.equals(layout.getFileName().toString())) {
                delete(root.resolve(name));
            }
        }
    }

    /** Removes all of it. */
    void remove() throws IOException {
        delete(root);
    }

    private static List<String> names(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(path -> path.getFileName().toString()).toList();
        }
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> paths = Files.walk(directory)) {
            deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }

    /** Names of VLAN interfaces and of global data have dots. */
    private static String encoded(String name) {
        return name.replace("~", "~7e").replace(".", "~2e");
    }

    private static String decoded(String name) {
        return name.replace("~2e", ".").replace("~7e", "~");
    }
}
