package io.aegisflux.segmentation.builder;

import static io.aegisflux.segmentation.builder.BuilderBench.PATIENCE;
import static io.aegisflux.segmentation.builder.BuilderBench.X86_64;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.BuildFailed;
import io.aegisflux.segmentation.contracts.BuildSpec;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.NeedsKernel;
import io.aegisflux.segmentation.harness.ServiceProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused, with which words, and that nothing comes of it. */
@NeedsKernel
class BuilderRefusalIT {
    private static final String ASM = "asm(\"%s \\\"/etc/passwd\\\"\");\n";

    @TempDir
    static Path directory;

    private static BuilderBench bench;
    private static ServiceProcess builder;

    @BeforeAll
    static void start() {
        bench = new BuilderBench(directory);
        builder = bench.startReady();
    }

    @AfterAll
    static void close() {
        bench.close();
    }

    @AfterEach
    void nothingIsStoredOrLeftBehind() {
        assertThat(bench.completed).isEmpty();
        assertThat(bench.storedObjects()).isEmpty();
        await().atMost(PATIENCE).until(() -> bench.leftovers().isEmpty());
        assertThat(waiting()).isZero();
        bench.copySources();
    }

    private static long waiting() {
        try {
            return bench.bus
                    .connection()
                    .jetStreamManagement()
                    .getStreamInfo(Streams.BUILD_REQUESTS)
                    .getStreamState()
                    .getMsgCount();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void awaitRejection(String reason) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(bench.system)
                        .filteredOn(event -> event.eventType().equals(SystemEvent.MESSAGE_REJECTED))
                        .extracting(SystemEvent::message)
                        .last()
                        .asString()
                        .contains(reason));
        await().atMost(PATIENCE).until(() -> waiting() == 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "{",
                "[]",
                "not json",
                "{}",
                "{\"program_set\":\"datapath\",\"variant\":\"default\"}",
                "{\"program_set\":1,\"variant\":\"default\",\"architecture\":\"x86_64\"}",
                "{\"program_set\":\"datapath\",\"program_set\":\"datapath\",\"variant\":\"default\",\"architecture\":\"x86_64\"}",
                "{\"program_set\":\"datapath\",\"variant\":\"default\",\"architecture\":\"x86_64\"} {}"
            })
    void refusesAMessageThatIsNoSpec(String body) {
        BuildFailed failed = bench.fail(body.getBytes(UTF_8));
        assertThat(failed.stage()).isEqualTo("request");
        assertThat(failed.spec()).isNull();
        assertThat(failed.reason()).startsWith(body.equals("null") ? "a BuildSpec is wanted" : "not a BuildSpec: ");
        assertThat(failed.output()).isNull();
        awaitRejection(failed.reason());
    }

    static Stream<Map<String, Object>> hostileSpecs() {
        String[] texts = {
            "../../etc/passwd", "datapath;touch /tmp/x", "@/etc/passwd", "datapath\nid", "$(id)", "-fplugin=x"
        };
        return Stream.of(texts)
                .flatMap(text -> Stream.of("program_set", "variant", "architecture", "requested_by")
                        .map(member -> {
                            Map<String, Object> spec = new TreeMap<>(
                                    Map.of("program_set", "datapath", "variant", "default", "architecture", "x86_64"));
                            spec.put(member, text);
                            return spec;
                        }));
    }

    @ParameterizedTest
    @MethodSource("hostileSpecs")
    void refusesASpecThatSelectsNothing(Map<String, Object> spec) {
        BuildFailed failed = bench.fail(Wire.write(spec));
        assertThat(failed.stage()).isEqualTo("request");
        assertThat(failed.reason()).matches("(program_set|variant|architecture|requested_by) is \".*\": it can be .*");
        assertThat(failed.spec()).as("such text is not repeated as a spec").isNull();
        awaitRejection(failed.reason());
    }

    @Test
    void saysWhatCanBeSelected() {
        BuildSpec spec = new BuildSpec("datapath", "default", "riscv64", "host-a");
        BuildFailed failed = bench.fail(spec);
        assertThat(failed.spec()).isEqualTo(spec);
        assertThat(failed.reason()).isEqualTo("architecture is \"riscv64\": it can be x86_64 or aarch64");
    }

    @Test
    void passesOnTheCompilersWords() {
        bench.writeMain("int broken(void) { return undeclared; }\n");
        BuildFailed failed = bench.fail(X86_64);
        assertThat(failed.spec()).isEqualTo(X86_64);
        assertThat(failed.stage()).isEqualTo("compile");
        assertThat(failed.reason()).isEqualTo("clang ended with status 1");
        assertThat(failed.output())
                .contains("datapath.bpf.c:1:27: error: use of undeclared identifier 'undeclared'")
                .doesNotContain(directory.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "#include \"/etc/passwd\"\n",
                "#include </etc/passwd>\n",
                "#define P \"/etc/passwd\"\n#include P\n",
                "#include \"../../../../../../etc/passwd\"\n"
            })
    void tellsNothingOfAFileThatASourceIncludes(String line) {
        bench.writeMain(line + "int a;\n");
        assertNothingOfThePasswords(bench.fail(X86_64));
    }

    @ParameterizedTest
    @ValueSource(strings = {".incbin", ".inc\" \"bin", ".inc\\x62in", ".include", ".inc\\x6cude"})
    void tellsNothingOfAFileThatASourceAssembles(String directive) {
        bench.writeMain(
                """
                #include "vmlinux.h"
                #include <bpf/bpf_helpers.h>
                char LICENSE[] SEC("license") = "GPL";
                """ + ASM.formatted(directive) + "SEC(\"xdp\") int pass(struct xdp_md *ctx) { return XDP_PASS; }\n");
        assertNothingOfThePasswords(bench.fail(X86_64));
    }

    private static void assertNothingOfThePasswords(BuildFailed failed) {
        assertThat(failed.stage()).isEqualTo("compile");
        assertThat(new String(Wire.write(List.of(bench.failed, bench.system)), UTF_8))
                .doesNotContain("root:x", "/bin/bash", "daemon");
    }

    @Test
    void signsNoObjectWithAnotherKindOfProgram() {
        bench.writeMain("""
                #include "vmlinux.h"
                #include <bpf/bpf_helpers.h>
                char LICENSE[] SEC("license") = "GPL";
                SEC("kprobe/do_unlinkat") int spy(struct pt_regs *ctx) { return 0; }
                """);
        BuildFailed failed = bench.fail(X86_64);
        assertThat(failed.stage()).isEqualTo("check");
        assertThat(failed.reason()).contains("section kprobe/do_unlinkat");
    }

    @Test
    void countsWhatCameOfRequests() {
        bench.fail("no spec".getBytes(UTF_8));
        bench.writeMain("int broken(void) { return undeclared; }\n");
        bench.fail(X86_64);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(builder.get("/q/metrics"))
                        .containsPattern("segmentation_builds_total\\{result=\"refused\"} [1-9]")
                        .containsPattern("segmentation_builds_total\\{result=\"failed\"} [1-9]")
                        .contains("segmentation_builds_total{result=\"completed\"} 0.0")
                        .contains("segmentation_builds_total{result=\"reused\"} 0.0")
                        .containsPattern("segmentation_build_duration_seconds_count\\{result=\"failed\"} [1-9]")
                        .contains("segmentation_build_duration_seconds_bucket{result=\"completed\",le=\"3.0\"}"));
    }
}
