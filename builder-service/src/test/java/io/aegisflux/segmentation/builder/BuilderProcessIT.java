package io.aegisflux.segmentation.builder;

import static io.aegisflux.segmentation.builder.BuilderBench.PATIENCE;
import static io.aegisflux.segmentation.builder.BuilderBench.X86_64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.ArtifactManifest;
import io.aegisflux.segmentation.contracts.BuildCompleted;
import io.aegisflux.segmentation.contracts.BuildFailed;
import io.aegisflux.segmentation.contracts.BuildSpec;
import io.aegisflux.segmentation.contracts.BuilderApi;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.NeedsKernel;
import io.aegisflux.segmentation.harness.ServiceProcess;
import io.nats.client.api.ObjectStoreConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged builder as a process that is killed, lacks something, or has no rights. */
@NeedsKernel
class BuilderProcessIT {
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

    private BuilderApi.StatusReply status() {
        byte[] reply = bench.bus
                .request(Subjects.api(BuilderApi.SERVICE, BuilderApi.STATUS), new byte[0])
                .getData();
        return Wire.read(reply, BuilderApi.StatusReply.class);
    }

    @Test
    void finishesABuildOnceThatAKillHasInterrupted() {
        bench.with("CLANG_PATH", clang("[ $# -lt 3 ] || sleep 8.17").toString())
                .with("MP_MESSAGING_INCOMING_BUILDS_ACK_WAIT", "PT10S");
        ServiceProcess first = bench.startReady();
        bench.request(X86_64);
        await().atMost(PATIENCE).until(() -> BuilderBench.runs(first, "sleep 8.17"));
        first.kill();
        clang("");
        bench.startReady();
        await().atMost(PATIENCE).until(() -> !bench.completed.isEmpty());
        BuildCompleted again = bench.build(X86_64);
        assertThat(again.reused()).isTrue();
        assertThat(bench.completed)
                .as("the first request was answered once, then the second")
                .extracting(BuildCompleted::reused)
                .containsExactly(false, true);
        assertThat(bench.failed).isEmpty();
        await().atMost(PATIENCE)
                .until(() -> ProcessHandle.allProcesses()
                        .noneMatch(process -> BuilderBench.isCalled(process, "sleep 8.17")));
    }

    @Test
    void asksForWhatWasMadeOfOtherSourcesOnceWhenItStarts() throws Exception {
        ServiceProcess release = bench.startReady();
        ArtifactManifest before = bench.verified(bench.build(X86_64).manifest());
        release.close();
        Files.writeString(bench.sources().resolve("dscp.h"), "/* of the next release */\n", StandardOpenOption.APPEND);
        ServiceProcess next = bench.startReady();
        await().atMost(PATIENCE).until(() -> bench.completed.size() == 2);
        ArtifactManifest after = bench.verified(bench.completed.getLast().manifest());
        assertThat(after.inputsDigest()).isNotEqualTo(before.inputsDigest());
        assertThat(after.version()).isEqualTo(2);
        assertThat(after.spec().requestedBy()).isEqualTo("builder-service");
        next.close();

        bench.copySources();
        bench.startReady();
        bench.build(X86_64);
        assertThat(bench.completed)
                .as("the builder of the first sources asks for nothing: those were built")
                .extracting(BuildCompleted::reused)
                .containsExactly(false, false, true);
    }

    @Test
    void saysWhatIsMissingAndIsReadyOnceItIsThere() {
        Path clang = directory.resolve("tools/clang");
        ServiceProcess builder =
                bench.with("CLANG_PATH", clang.toString()).start().awaitOk("/q/health/live", PATIENCE);
        String reason = "CLANG_PATH is %s, which is no program: correct it, or unset it to take clang from PATH"
                .formatted(clang);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(builder.get("/q/health/ready")).contains(reason));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(status().problems()).containsExactly(reason));
        assertThat(status().ready()).isFalse();
        BuildFailed failed = bench.fail(X86_64);
        assertThat(failed.stage()).isEqualTo("compile");
        assertThat(failed.reason()).isEqualTo(reason);

        clang("");
        builder.awaitReady(PATIENCE);
        assertThat(bench.build(X86_64).reused()).isFalse();
    }

    @Test
    void namesEachMissingInput() {
        ServiceProcess builder = bench.with("BTF_PATH", "/nowhere/vmlinux")
                .with("LIBBPF_HEADERS_DIR", "/nowhere/bpf")
                .with("LLVM_STRIP_PATH", "/nowhere/llvm-strip")
                .with("BPFTOOL_PATH", "/nowhere/bpftool")
                .start()
                .awaitOk("/q/health/live", PATIENCE);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(builder.get("/q/health/ready"))
                        .contains(
                                "BTF_PATH is /nowhere/vmlinux",
                                "install libbpf-dev, or name its folder in LIBBPF_HEADERS_DIR",
                                "LLVM_STRIP_PATH is /nowhere/llvm-strip",
                                "BPFTOOL_PATH is /nowhere/bpftool"));
    }

    @Test
    void tellsItsStateToWhoAsksAndWithEachHeartbeat() {
        bench.startReady();
        BuildCompleted completed = bench.build(X86_64);
        await().atMost(PATIENCE).untilAsserted(() -> {
            BuilderApi.StatusReply status = status();
            assertThat(status.ready()).isTrue();
            assertThat(status.problems()).isEmpty();
            assertThat(status.sandboxed()).isTrue();
            assertThat(status.trialLoad()).isEqualTo("on");
            assertThat(status.tools())
                    .extracting(BuilderApi.Tool::name)
                    .containsExactly("clang", "llvm-strip", "bpftool");
            assertThat(status.tools())
                    .allSatisfy(tool -> assertThat(tool.version()).containsPattern("v(ersion )?[0-9]"));
            assertThat(status.lastBuild().result()).isEqualTo("completed");
            assertThat(status.artifacts())
                    .singleElement()
                    .satisfies(
                            artifact -> assertThat(artifact.artifact().name()).isEqualTo(completed.artifactDigest()));
        });
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(bench.system)
                        .filteredOn(event -> event.eventType().equals(SystemEvent.HEARTBEAT))
                        .last()
                        .satisfies(beat -> assertThat(beat.metadata())
                                .containsEntry("sandboxed", true)
                                .containsEntry("trial_load", "on")
                                .containsKey("artifacts")));
    }

    @Test
    void buildsTheSameWithoutTheRightsOfRootAndSaysThatNothingWasTried() throws IOException {
        ServiceProcess root = bench.startReady();
        BuildCompleted byRoot = bench.build(X86_64);
        root.close();

        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        bench.with(
                        "ARTIFACT_SIGNING_KEY",
                        directory.resolve("other-keys/artifact.pem").toString())
                .with("BUILD_OUTPUT_DIR", directory.resolve("other-builds").toString());
        ServiceProcess builder = bench.startReady("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
        BuildCompleted byNobody = bench.build(X86_64);
        assertThat(byNobody.reused()).as("it has another key").isFalse();
        assertThat(byNobody.artifactDigest()).isEqualTo(byRoot.artifactDigest());
        assertThat(status().trialLoad()).startsWith("off: ");
        assertThat(builder.log()).content().contains("datapath/default for x86_64: not loaded as a trial: ");
        assertThat(status().sandboxed()).isTrue();
        assertThat(status().sandbox()).startsWith("namespaces of users");
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(directory.resolve("other-builds")).isEmptyDirectory());
    }

    @Test
    void saysThatTheStoreDoesNotTakeTheArtifact() throws Exception {
        bench.bus
                .connection()
                .objectStoreManagement()
                .create(ObjectStoreConfiguration.builder(Streams.ARTIFACTS_BUCKET)
                        .maxBucketSize(10_000)
                        .build());
        bench.startReady();
        BuildFailed failed = bench.fail(X86_64);
        assertThat(failed.stage()).isEqualTo("store");
        assertThat(failed.reason()).contains("cannot store", "maximum bytes exceeded");
    }

    @Test
    void answersWhatWasAskedWhileItWasAway() {
        bench.request(X86_64);
        bench.request(new BuildSpec("datapath", "default", "aarch64", "host-b"));
        bench.startReady();
        await().atMost(PATIENCE).until(() -> bench.completed.size() == 2);
        assertThat(bench.completed).extracting(BuildCompleted::reused).containsOnly(false);
    }

    private Path clang(String first) {
        return bench.script("tools", "clang", "#!/bin/sh\n" + first + "\nexec /usr/bin/clang \"$@\"\n");
    }
}
