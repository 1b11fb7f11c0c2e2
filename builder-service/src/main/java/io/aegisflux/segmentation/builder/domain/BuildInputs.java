package io.aegisflux.segmentation.builder.domain;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that decides which bytes a build yields, and nothing else: equal inputs make equal objects, whoever asks, wherever
 * and when.
 *
 * @param sources the C sources
 * @param headers libbpf's, by the name under which sources include them
 * @param flags the compiler's, the working directory left open
 * @param tools tool name to its version line
 * @param btfDigest SHA-256 of the BTF that vmlinux.h is made of
 * @param hostBtf kernel release to the SHA-256 of the BTF supplied for it
 */
public record BuildInputs(
        Selection selection,
        FileSet sources,
        FileSet headers,
        List<String> flags,
        SortedMap<String, String> tools,
        String btfDigest,
        SortedMap<String, String> hostBtf) {
    public BuildInputs {
        requireNonNull(selection, "selection is null");
        requireNonNull(sources, "sources is null");
        requireNonNull(headers, "headers is null");
        flags = List.copyOf(flags);
        tools = Collections.unmodifiableSortedMap(new TreeMap<>(tools));
        requireNonNull(btfDigest, "btfDigest is null");
        hostBtf = Collections.unmodifiableSortedMap(new TreeMap<>(hostBtf));
    }

    /** SHA-256 over all of it, lower-case hex. */
    public String digest() {
        FieldDigest digest = new FieldDigest("build-inputs")
                .text(selection.programSet().word())
                .text(selection.variant().word())
                .text(selection.architecture().word())
                .text(sources.digest())
                .text(headers.digest())
                .text(Integer.toString(flags.size()));
        flags.forEach(digest::text);
        add(digest, tools);
        digest.text(btfDigest);
        add(digest, hostBtf);
        return digest.hex();
    }

    private static void add(FieldDigest digest, Map<String, String> sorted) {
        digest.text(Integer.toString(sorted.size()));
        sorted.forEach((key, value) -> digest.text(key).text(value));
    }
}
