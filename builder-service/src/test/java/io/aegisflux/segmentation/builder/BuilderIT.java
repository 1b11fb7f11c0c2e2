package io.aegisflux.segmentation.builder;

import static io.aegisflux.segmentation.builder.BuilderBench.X86_64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.ArtifactManifest;
import io.aegisflux.segmentation.contracts.ArtifactManifest.MapInfo;
import io.aegisflux.segmentation.contracts.ArtifactManifest.ProgramInfo;
import io.aegisflux.segmentation.contracts.BuildCompleted;
import io.aegisflux.segmentation.contracts.BuildSpec;
import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.harness.Command;
import io.aegisflux.segmentation.harness.NeedsKernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a request on the bus to an artifact that loads, with a real broker, compiler and kernel. */
@NeedsKernel
class BuilderIT {
    @TempDir
    Path directory;

    private BuilderBench bench;

    @BeforeEach
    void start() {
        bench = new BuilderBench(directory);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void storesAnArtifactThatItsManifestProvesAndTheKernelLoads() throws IOException {
        bench.without("BPF_SOURCES_DIR").startReady();
        BuildCompleted completed = bench.build(X86_64);
        ArtifactManifest manifest = bench.verified(completed.manifest());
        byte[] object = bench.objects.get(Streams.ARTIFACTS_BUCKET, manifest.artifact());

        System.out.printf("cold build: %d ms%n", completed.durationMillis());
        assertThat(completed.reused()).isFalse();
        assertThat(completed.artifactDigest())
                .isEqualTo(manifest.artifact().name())
                .isEqualTo(Digests.sha256Hex(object));
        assertThat(bench.stored(completed.artifactDigest())).isEqualTo(manifest);
        assertThat(manifest.spec()).isEqualTo(X86_64);
        assertThat(manifest.version()).isEqualTo(1);
        assertThat(manifest.tools()).containsOnlyKeys("clang", "llvm-strip", "bpftool");
        assertThat(manifest.programs())
                .extracting(ProgramInfo::name, ProgramInfo::section)
                .contains(
                        org.assertj.core.groups.Tuple.tuple("tc_ingress", "tc"),
                        org.assertj.core.groups.Tuple.tuple("xdp_ingress", "xdp"),
                        org.assertj.core.groups.Tuple.tuple("connect6", "cgroup/connect6"));
        assertThat(manifest.maps())
                .contains(
                        new MapInfo("descriptors", "array", 4, 8, 2),
                        new MapInfo("events", "ringbuf", 0, 0, 2 * 1024 * 1024));
        assertThat(manifest.hostBtf()).isEmpty();
        assertThat(bench.leftovers()).isEmpty();
        requireLoads(object);
    }

    @Test
    void compilesTheSameInputsOnce() {
        Path clang = bench.script("tools", "clang", "#!/bin/sh\nexec /usr/bin/clang \"$@\"\n");
        bench.with("CLANG_PATH", clang.toString()).startReady();
        BuildCompleted first = bench.build(X86_64);
        // From now on there is a clang that knows its version and nothing else.
        bench.script("tools", "clang", """
                #!/bin/sh
                [ "$1" = --version ] && exec /usr/bin/clang --version
                echo "clang was called" >&2
                exit 1
                """);
        BuildCompleted second = bench.build(X86_64);
        BuildCompleted third = bench.build(new BuildSpec("datapath", "default", "x86_64", "somebody-else"));

        System.out.printf("reused build: %d ms, then %d ms%n", second.durationMillis(), third.durationMillis());
        assertThat(List.of(second, third)).allSatisfy(again -> {
            assertThat(again.reused()).isTrue();
            assertThat(again.manifest()).isEqualTo(first.manifest());
        });
        bench.script("tools", "clang", "#!/bin/sh\n[ \"$1\" != --version ] || echo other clang version 1; exit 1\n");
    }

    private static void requireLoads(byte[] object) throws IOException {
        Path file = Files.createTempFile("artifact", ".o");
        Path pins = Path.of("/sys/fs/bpf/builder-it-" + ProcessHandle.current().pid());
        try {
            Files.write(file, object);
            Command.run("bpftool", "prog", "loadall", file.toString(), pins.toString());
            assertThat(pins).isDirectoryContaining("glob:**/tc_ingress");
        } finally {
            Command.attempt(List.of("rm", "-rf", pins.toString()));
            Files.delete(file);
        }
        await().until(() -> !Files.exists(pins));
    }
}
