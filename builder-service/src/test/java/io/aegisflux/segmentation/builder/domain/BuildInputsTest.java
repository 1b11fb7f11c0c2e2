package io.aegisflux.segmentation.builder.domain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BuildInputsTest {
    private static final Selection X86 = new Selection(ProgramSet.DATAPATH, Variant.DEFAULT, Architecture.X86_64);
    private static final Map<String, String> SOURCES = Map.of("a.c", "int a;", "b.h", "int b;");
    private static final Map<String, String> HEADERS = Map.of("bpf/bpf_helpers.h", "");
    private static final Map<String, String> TOOLS = Map.of("clang", "14", "bpftool", "7");
    private static final Map<String, String> HOSTS = Map.of("5.4.0-150-generic", "cc");

    private static BuildInputs inputs(
            Selection selection,
            Map<String, String> sources,
            Map<String, String> headers,
            List<String> flags,
            Map<String, String> tools,
            String btf,
            Map<String, String> hosts) {
        return new BuildInputs(
                selection, files(sources), files(headers), flags, new TreeMap<>(tools), btf, new TreeMap<>(hosts));
    }

    private static FileSet files(Map<String, String> texts) {
        Map<String, byte[]> files = new TreeMap<>();
        texts.forEach((name, text) -> files.put(name, text.getBytes(UTF_8)));
        return FileSet.of(files);
    }

    private static BuildInputs usual() {
        return inputs(X86, SOURCES, HEADERS, List.of("-O2"), TOOLS, "bb", HOSTS);
    }

    @Test
    void areTheSameForTheSameInputs() {
        assertThat(usual().digest()).isEqualTo(usual().digest()).matches("[0-9a-f]{64}");
    }

    @Test
    void keepTheirDigestFromReleaseToRelease() {
        // Another digest makes every builder compile everything again: change it on purpose only.
        assertThat(usual().digest()).isEqualTo("d4b8ef42471b6d42eb8f353a3cd4b3114b923b3ab21675e0797c794562c5d2e9");
    }

    @Test
    void differWhereAnyInputDiffers() {
        Selection arm = new Selection(ProgramSet.DATAPATH, Variant.DEFAULT, Architecture.AARCH64);
        List<String> flags = List.of("-O2");
        assertThat(Stream.of(
                                usual(),
                                inputs(arm, SOURCES, HEADERS, flags, TOOLS, "bb", HOSTS),
                                inputs(
                                        X86,
                                        Map.of("a.c", "int a;", "b.h", "int c;"),
                                        HEADERS,
                                        flags,
                                        TOOLS,
                                        "bb",
                                        HOSTS),
                                inputs(
                                        X86,
                                        Map.of("a.c", "int a;", "c.h", "int b;"),
                                        HEADERS,
                                        flags,
                                        TOOLS,
                                        "bb",
                                        HOSTS),
                                inputs(X86, Map.of("a.c", "int a;b.hint b;"), HEADERS, flags, TOOLS, "bb", HOSTS),
                                inputs(X86, SOURCES, Map.of("bpf/bpf_helpers.h", " "), flags, TOOLS, "bb", HOSTS),
                                inputs(X86, SOURCES, HEADERS, List.of("-O2", "-g"), TOOLS, "bb", HOSTS),
                                inputs(X86, SOURCES, HEADERS, List.of("-O2-g"), TOOLS, "bb", HOSTS),
                                inputs(
                                        X86,
                                        SOURCES,
                                        HEADERS,
                                        flags,
                                        Map.of("clang", "15", "bpftool", "7"),
                                        "bb",
                                        HOSTS),
                                inputs(X86, SOURCES, HEADERS, flags, TOOLS, "bc", HOSTS),
                                inputs(X86, SOURCES, HEADERS, flags, TOOLS, "bb", Map.of()),
                                inputs(X86, SOURCES, HEADERS, flags, TOOLS, "bb", Map.of("5.4.0-150-generic", "dd")),
                                inputs(X86, SOURCES, HEADERS, flags, TOOLS, "bb", Map.of("5.4.0-151-generic", "cc")))
                        .map(BuildInputs::digest))
                .doesNotHaveDuplicates();
    }
}
