package io.aegisflux.segmentation.builder.domain;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a main file reaches by its includes: the sources, and libbpf's headers under {@code bpf/}.
 *
 * @param own the main file and those beside it
 * @param headers libbpf's
 */
public record Sources(FileSet own, FileSet headers) {
    /** Made for each build from BTF, so among no sources. */
    public static final String GENERATED = "vmlinux.h";

    private static final String LIBBPF = "bpf/";

    /** Where files come from. */
    public interface Reader {
        /**
         * The bytes of a file, empty when there is none.
         *
         * @param name plain, or {@code bpf/} and a plain name
         */
        Optional<byte[]> read(String name);
    }

    /**
     * Reads the main file and everything that it reaches, whether or not a condition of the preprocessor hides it.
     *
     * @throws BuildFailedException when a file is missing, or pulls in what it must not
     */
    public static Sources reachedFrom(String mainFile, Reader reader) throws BuildFailedException {
        Map<String, byte[]> own = new TreeMap<>();
        Map<String, byte[]> headers = new TreeMap<>();
        Deque<String> open = new ArrayDeque<>();
        open.add(mainFile);
        while (!open.isEmpty()) {
            String name = open.remove();
            Map<String, byte[]> found = name.startsWith(LIBBPF) ? headers : own;
            if (name.equals(GENERATED) || found.containsKey(name)) {
                continue;
            }
            byte[] bytes = reader.read(name).orElseThrow(() -> missing(name));
            found.put(name, bytes);
            for (String include : new SourceText(name, new String(bytes, UTF_8)).includes()) {
                open.add(beside(name, include));
            }
        }
        return new Sources(FileSet.of(own), FileSet.of(headers));
    }

    /** Whether a reader still has the same bytes under the same names, so that the same would be reached. */
    public boolean areStillWhat(Reader reader) {
        return Stream.of(own, headers)
                .flatMap(files -> files.files().entrySet().stream())
                .allMatch(file -> reader.read(file.getKey())
                        .filter(bytes -> Arrays.equals(bytes, file.getValue()))
                        .isPresent());
    }

    private static String beside(String includer, String include) {
        return includer.startsWith(LIBBPF) && !include.startsWith(LIBBPF) ? LIBBPF + include : include;
    }

    private static BuildFailedException missing(String name) {
        return new BuildFailedException(
                BuildStage.COMPILE,
                name.startsWith(LIBBPF)
                        ? "<%s> is missing: install libbpf-dev, or name its folder in LIBBPF_HEADERS_DIR"
                                .formatted(name)
                        : "%s is not among the sources".formatted(name));
    }
}
