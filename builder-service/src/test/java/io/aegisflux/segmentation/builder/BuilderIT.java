package io.aegisflux.segmentation.builder;

import static io.aegisflux.segmentation.builder.BuilderBench.PATIENCE;
import static io.aegisflux.segmentation.builder.BuilderBench.X86_64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.ArtifactManifest;
import io.aegisflux.segmentation.contracts.ArtifactManifest.MapInfo;
import io.aegisflux.segmentation.contracts.ArtifactManifest.ProgramInfo;
import io.aegisflux.segmentation.contracts.BuildCompleted;
import io.aegisflux.segmentation.contracts.BuildSpec;
import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.ObjectRef;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.harness.Command;
import io.aegisflux.segmentation.harness.NeedsKernel;
import io.aegisflux.segmentation.harness.ServiceProcess;
import io.nats.client.PurgeOptions;
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
    private static final BuildSpec AARCH64 = new BuildSpec("datapath", "default", "aarch64", "bench");
    private static final String FORWARD = "#!/bin/sh\nexec /usr/bin/clang \"$@\"\n";

    @TempDir
    Path directory;

    private BuilderBench bench;

    @BeforeEach
    void open() {
        bench = new BuilderBench(directory);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void storesAnArtifactThatItsManifestProvesAndTheKernelLoads() throws IOException {
        bench.without("BPF_SOURCES_DIR").startReady();
        assertThat(bench.completed).as("nothing is built unasked").isEmpty();
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
                .contains(tuple("tc_ingress", "tc"), tuple("xdp_ingress", "xdp"), tuple("connect6", "cgroup/connect6"));
        assertThat(manifest.maps())
                .contains(
                        new MapInfo("descriptors", "array", 4, 8, 4),
                        new MapInfo("events", "ringbuf", 0, 0, 2 * 1024 * 1024));
        assertThat(manifest.hostBtf()).isEmpty();
        await().atMost(PATIENCE).until(() -> bench.leftovers().isEmpty());
        requireLoads(object);
    }

    @Test
    void compilesTheSameInputsOnce() {
        Path clang = bench.script("tools", "clang", FORWARD);
        bench.with("CLANG_PATH", clang.toString()).startReady();
        BuildCompleted first = bench.build(X86_64);
        forgetHowToCompile();
        for (int i = 0; i < 10; i++) {
            BuildCompleted again = bench.build(new BuildSpec("datapath", "default", "x86_64", "host-" + i));
            assertThat(again.reused()).isTrue();
            assertThat(again.manifest()).isEqualTo(first.manifest());
        }
        System.out.printf(
                "reused builds: %s ms%n",
                bench.completed.stream()
                        .skip(1)
                        .map(BuildCompleted::durationMillis)
                        .toList());
        bench.writeMain("int another;");
        assertThat(bench.fail(X86_64).output())
                .as("this clang would be heard of")
                .contains("clang was called");
    }

    @Test
    void compilesOnceWhenTwoAskAtOnce() {
        bench.startReady();
        bench.request(X86_64);
        bench.request(new BuildSpec("datapath", "default", "x86_64", "somebody-else"));
        await().atMost(PATIENCE).until(() -> bench.completed.size() == 2);
        assertThat(bench.completed).extracting(BuildCompleted::reused).containsExactly(false, true);
        assertThat(bench.completed)
                .extracting(BuildCompleted::manifest)
                .containsOnly(bench.completed.getFirst().manifest());
    }

    @Test
    void stillKnowsItsBuildsAfterARestart() {
        Path clang = bench.script("tools", "clang", FORWARD);
        ServiceProcess builder = bench.with("CLANG_PATH", clang.toString()).startReady();
        BuildCompleted first = bench.build(X86_64);
        builder.close();
        forgetHowToCompile();
        bench.startReady();
        BuildCompleted second = bench.build(X86_64);
        assertThat(second.reused()).isTrue();
        assertThat(second.manifest()).isEqualTo(first.manifest());
    }

    @Test
    void trustsNoBuildThatAnotherKeyHasSigned() throws IOException {
        ServiceProcess builder = bench.startReady();
        BuildCompleted first = bench.build(X86_64);
        builder.close();
        Files.delete(directory.resolve("keys/artifact.pem"));
        Files.delete(directory.resolve("keys/artifact.pem.pub"));
        bench.startReady();
        BuildCompleted second = bench.build(X86_64);
        assertThat(second.reused()).isFalse();
        assertThat(second.artifactDigest()).isEqualTo(first.artifactDigest());
        assertThat(second.manifest().keyId()).isNotEqualTo(first.manifest().keyId());
        assertThat(bench.stored(second.artifactDigest())).isEqualTo(bench.verified(second.manifest()));
    }

    @Test
    void compilesAgainWhenTheStoredObjectIsDamaged() throws Exception {
        bench.startReady();
        BuildCompleted first = bench.build(X86_64);
        bench.bus
                .connection()
                .jetStreamManagement()
                .purgeStream(
                        "OBJ_" + Streams.ARTIFACTS_BUCKET,
                        PurgeOptions.subject("$O." + Streams.ARTIFACTS_BUCKET + ".C.>"));
        BuildCompleted second = bench.build(X86_64);
        assertThat(second.reused()).isFalse();
        assertThat(second.manifest())
                .as("the same inputs, so the same manifest")
                .isEqualTo(first.manifest());
        ArtifactManifest manifest = bench.verified(second.manifest());
        assertThat(bench.objects.get(Streams.ARTIFACTS_BUCKET, manifest.artifact()))
                .isNotEmpty();
    }

    @Test
    void countsDistinctBuildsAndKeepsEarlierOnes() throws IOException {
        bench.startReady();
        BuildCompleted first = bench.build(X86_64);
        bench.writeMain(
                Files.readString(bench.sources().resolve("datapath.bpf.c")) + "\nconst volatile int added = 1;\n");
        BuildCompleted second = bench.build(X86_64);
        bench.copySources();
        BuildCompleted third = bench.build(X86_64);
        assertThat(bench.verified(first.manifest()).version()).isEqualTo(1);
        assertThat(bench.verified(second.manifest()).version()).isEqualTo(2);
        assertThat(second.artifactDigest()).isNotEqualTo(first.artifactDigest());
        assertThat(third.reused()).isTrue();
        assertThat(third.manifest()).isEqualTo(first.manifest());
        assertThat(bench.verified(bench.build(AARCH64).manifest()).version())
                .as("each spec counts for itself")
                .isEqualTo(1);
    }

    @Test
    void agreesWithAnotherInstance() {
        bench.startReady();
        bench.startReady();
        for (BuildSpec spec : List.of(X86_64, AARCH64, X86_64, AARCH64, X86_64, AARCH64)) {
            bench.request(spec);
        }
        await().atMost(PATIENCE).until(() -> bench.completed.size() == 6);
        assertThat(bench.completed.stream().filter(each -> !each.reused())).hasSize(2);
        assertThat(bench.completed.stream()
                        .map(BuildCompleted::manifest)
                        .distinct()
                        .map(bench::verified))
                .extracting(manifest -> manifest.spec().architecture(), ArtifactManifest::version)
                .containsExactlyInAnyOrder(tuple("x86_64", 1L), tuple("aarch64", 1L));
    }

    @Test
    void keepsItsWorkWhenSomethingElseIsAnnouncedMeanwhile() {
        Path clang = bench.script("tools", "clang", FORWARD.replace("exec", "[ $# -lt 3 ] || sleep 2\nexec"));
        ServiceProcess builder = bench.with("CLANG_PATH", clang.toString()).startReady();
        bench.request(X86_64);
        await().atMost(PATIENCE).until(() -> BuilderBench.runs(builder, "sleep 2"));
        bench.bus.publish(Subjects.BUILDS_COMPLETED, "no announcement of ours".getBytes(), null);
        await().atMost(PATIENCE).until(() -> bench.completed.size() == 1);
        assertThat(bench.completed.getFirst().reused()).isFalse();
        assertThat(builder.log()).content().contains("another instance was first");
        assertThat(bench.build(X86_64).reused()).isTrue();
    }

    @Test
    void suppliesHostsThatHaveNoBtfWithWhatTheArtifactNeeds() throws IOException {
        Path hosts = Files.createDirectory(directory.resolve("hosts"));
        Path whole = hosts.resolve("5.4.0-150-invented.btf");
        Files.copy(Path.of("/sys/kernel/btf/vmlinux"), whole);
        ServiceProcess builder = bench.with("BTF_HOSTS_DIR", hosts.toString()).startReady();
        BuildCompleted with = bench.build(X86_64);
        ObjectRef btf = bench.verified(with.manifest()).hostBtf().get("5.4.0-150-invented");
        System.out.printf("BTF of a host: %d bytes of %d%n", btf.size(), Files.size(whole));
        assertThat(btf.size()).isLessThan(Files.size(whole) / 100);
        Path minimised = Files.write(directory.resolve("min.btf"), bench.objects.get(Streams.ARTIFACTS_BUCKET, btf));
        assertThat(Command.run("bpftool", "btf", "dump", "file", minimised.toString()))
                .contains("STRUCT '__sk_buff'");
        assertThat(bench.build(X86_64).reused()).isTrue();

        Files.move(whole, hosts.resolve("no kernel.btf"));
        BuildCompleted without = bench.build(X86_64);
        assertThat(without.reused()).isFalse();
        assertThat(without.artifactDigest()).isEqualTo(with.artifactDigest());
        assertThat(bench.verified(without.manifest()).hostBtf()).isEmpty();
        assertThat(bench.stored(without.artifactDigest()).version()).isEqualTo(2);
        assertThat(builder.get("/q/health/ready")).contains("no kernel.btf in BTF_HOSTS_DIR is left out");
    }

    /** From now on there is a clang that knows its version and nothing else. */
    private void forgetHowToCompile() {
        bench.script("tools", "clang", """
                #!/bin/sh
                [ "$1" = --version ] && exec /usr/bin/clang --version
                echo "clang was called" >&2
                exit 1
                """);
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
    }
}
