package io.aegisflux.segmentation.agent;

import static io.aegisflux.segmentation.agent.domain.DomainFixtures.sealed;
import static io.aegisflux.segmentation.agent.domain.DomainFixtures.signer;
import static io.aegisflux.segmentation.agent.domain.DomainFixtures.state;
import static io.aegisflux.segmentation.agent.domain.DomainFixtures.table;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.agent.domain.ArtifactGate;
import io.aegisflux.segmentation.contracts.BuildSpec;
import io.aegisflux.segmentation.contracts.DesiredState;
import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.ObjectRef;
import io.aegisflux.segmentation.contracts.PolicyUpdate;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.SignedEnvelope;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.Directories;
import io.aegisflux.segmentation.harness.NatsServerExtension;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.NatsSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What comes over a real broker and must not be believed: refused, reported, nothing applied. */
class AgentRefusalIT {
    @RegisterExtension
    static final NatsServerExtension nats = new NatsServerExtension();

    private static final byte[] OBJECT = "an ELF object".getBytes(UTF_8);

    @TempDir
    Path directory;

    private ControlPlaneDouble control;
    private AgentBench bench;
    private String artifact;

    @BeforeEach
    void enforceARevision() {
        control = new ControlPlaneDouble(Bus.connect(NatsSettings.of(nats.url(), "test")), directory);
        bench = new AgentBench(nats.url(), "h-" + UUID.randomUUID(), directory);
        artifact = control.build(OBJECT);
        control.desire(bench.host, 2, 5, table("first"), artifact);
        bench.start().listening();
        await().until(() -> bench.kernel.installs().size() == 1);
    }

    @AfterEach
    void close() {
        bench.close();
        control.close();
    }

    private void refusesAndReports(byte[] message, String reason) {
        refusesAndReports(() -> control.publish(bench.host, message), reason);
    }

    private void refusesAndReports(Runnable attack, String reason) {
        attack.run();
        await().untilAsserted(() -> assertThat(bench.system(control, SystemEvent.DESIRED_STATE_REJECTED))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.metadata()).containsEntry("reason", reason);
                    assertThat(event.level()).isEqualTo("error");
                    assertThat(event.hostId()).isEqualTo(bench.host.value());
                }));
        assertThat(bench.kernel.installs()).hasSize(1);
        assertThat(bench.kernel.loads()).hasSize(1);
        assertThat(bench.agent.status().revision()).isEqualTo(5);
        assertThat(bench.agent.status().lastRefusal().reason()).isEqualTo(reason);
        assertThat(bench.agent.standing().now().complaint()).isEmpty();

        control.desire(bench.host, 2, 6, table("next"), artifact);
        await().untilAsserted(() -> assertThat(bench.kernel.installs()).hasSize(2));
    }

    @Test
    void refusesAnEnvelopeForAnotherHost() {
        refusesAndReports(
                sealed(control.policyKey, state(new HostId("other"), 2, 9, table("x"), artifact)), "FOREIGN_HOST");
    }

    @Test
    void refusesAnEnvelopeOfAnotherKind() {
        byte[] payload = Wire.write(state(bench.host, 2, 9, table("x"), artifact));
        refusesAndReports(Wire.write(control.policyKey.sign(SignedEnvelope.ARTIFACT_MANIFEST, payload)), "UNTRUSTED");
    }

    @Test
    void refusesALowerRevision() {
        refusesAndReports(sealed(control.policyKey, state(bench.host, 2, 4, table("x"), artifact)), "STALE");
    }

    @Test
    void refusesALowerEpochWithAHigherRevision() {
        refusesAndReports(sealed(control.policyKey, state(bench.host, 1, 99, table("x"), artifact)), "STALE");
    }

    @Test
    void refusesTheSameRevisionWithAnotherTable() {
        refusesAndReports(sealed(control.policyKey, state(bench.host, 2, 5, table("x"), artifact)), "EQUIVOCATION");
    }

    @Test
    void refusesAWrongSignature() {
        SignedEnvelope good = control.policyKey.sign(
                SignedEnvelope.DESIRED_STATE, Wire.write(state(bench.host, 2, 9, table("x"), artifact)));
        byte[] signature = good.signature();
        signature[7] ^= 1;
        refusesAndReports(
                Wire.write(new SignedEnvelope(good.payloadType(), good.payload(), good.keyId(), signature)),
                "UNTRUSTED");
    }

    @Test
    void refusesAKeyThatNobodyTrusts() {
        refusesAndReports(
                sealed(signer(directory, "stranger"), state(bench.host, 2, 9, table("x"), artifact)), "UNTRUSTED");
    }

    @Test
    void refusesTheArtifactKeyForADesiredState() {
        refusesAndReports(sealed(control.artifactKey, state(bench.host, 2, 9, table("x"), artifact)), "UNTRUSTED");
    }

    @Test
    void refusesWhatIsNoEnvelope() {
        refusesAndReports("{\"rules\":[]}".getBytes(UTF_8), "MALFORMED");
    }

    @Test
    void refusesATableThatHasNotTheSignedDigest() {
        DesiredState good = state(bench.host, 2, 6, table("x"), artifact);
        control.publish(
                bench.host,
                sealed(
                        control.policyKey,
                        new DesiredState(
                                bench.host, 2, 6, table("y"), null, good.tableDigest(), artifact, good.createdAt())));
        await().untilAsserted(() -> assertThat(bench.system(control, SystemEvent.TABLE_REJECTED))
                .singleElement()
                .satisfies(event -> assertThat(event.metadata()).containsEntry("reason", "TABLE_UNUSABLE")));
        assertThat(bench.kernel.installs()).hasSize(1);
        assertThat(bench.agent.standing().now().complaint()).isPresent();
    }

    @Test
    void keepsTheTableInForceWhenTheNextOneDoesNotFitAndTellsForEachPolicy() {
        String[] tooMany = IntStream.rangeClosed(0, (int) RecordingDatapath.CAPACITY)
                .mapToObj(i -> "p" + i)
                .toArray(String[]::new);
        control.desire(bench.host, 2, 6, table(tooMany), artifact);
        await().untilAsserted(() -> assertThat(bench.system(control, SystemEvent.TABLE_REJECTED))
                .singleElement()
                .satisfies(event -> assertThat(event.message()).contains("101 entries, 100 fit")));
        await().untilAsserted(() -> assertThat(bench.updates(control))
                .filteredOn(update -> "refused".equals(update.metadata().get("result")))
                .hasSize(tooMany.length + 1)
                .allSatisfy(update -> assertThat(update.revision()).isEqualTo(6)));
        assertThat(bench.kernel.table()).isEqualTo(table("first"));
        assertThat(bench.agent.standing().now().complaint())
                .hasValueSatisfying(c -> assertThat(c).contains("100 fit"));

        control.desire(bench.host, 2, 7, table("healed"), artifact);
        await().untilAsserted(() -> assertThat(bench.kernel.table()).isEqualTo(table("healed")));
        assertThat(bench.agent.standing().now().complaint()).isEmpty();
    }

    private void keepsTheArtifactThatRuns(String wanted, String wordOfReason) {
        control.desire(bench.host, 2, 6, table("next"), wanted);
        await().untilAsserted(() -> assertThat(bench.system(control, SystemEvent.ARTIFACT_REJECTED))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.message()).contains(wordOfReason);
                    assertThat(event.metadata()).containsEntry("artifact", wanted);
                }));
        await().untilAsserted(() -> assertThat(bench.kernel.table())
                .as("policy does not wait for programs")
                .isEqualTo(table("next")));
        assertThat(bench.kernel.running().orElseThrow().artifactDigest()).isEqualTo(artifact);
        assertThat(bench.kernel.loads()).containsExactly(artifact);
        assertThat(bench.agent.status().concern()).contains(wordOfReason);
    }

    private long rebuildsAskedFor() {
        return control.read(Streams.BUILD_REQUESTS, Subjects.BUILDS_REQUESTED, BuildSpec.class).stream()
                .filter(spec -> spec.requestedBy().equals(bench.host.value()))
                .count();
    }

    @Test
    void refusesACorruptedArtifactKeepsTheOldOneAndAsksOnceForARebuild() {
        byte[] wanted = "the object as built".getBytes(UTF_8);
        byte[] damaged = "the object as buiLt".getBytes(UTF_8);
        String digest = control.store(
                wanted, damaged, control.manifest(wanted, ControlPlaneDouble.ARCHITECTURE, control.artifactKey));
        keepsTheArtifactThatRuns(digest, "damaged");
        bench.agent.ring();
        bench.agent.ring();
        await().untilAsserted(() -> assertThat(rebuildsAskedFor()).isEqualTo(1));
    }

    @Test
    void refusesAnArtifactThatIsNotThere() {
        keepsTheArtifactThatRuns("e".repeat(64), "is not in segmentation_artifacts");
    }

    @Test
    void refusesAnArtifactSignedByAStranger() {
        byte[] wanted = "from a stranger".getBytes(UTF_8);
        keepsTheArtifactThatRuns(
                control.store(
                        wanted,
                        wanted,
                        control.manifest(wanted, ControlPlaneDouble.ARCHITECTURE, signer(directory, "stranger"))),
                "not trusted here");
    }

    @Test
    void refusesAnArtifactSignedByThePolicyKey() {
        byte[] wanted = "from the policy-service".getBytes(UTF_8);
        keepsTheArtifactThatRuns(
                control.store(
                        wanted, wanted, control.manifest(wanted, ControlPlaneDouble.ARCHITECTURE, control.policyKey)),
                "not trusted here");
    }

    @Test
    void refusesAManifestThatWasSignedAsSomethingElse() {
        byte[] wanted = "relabelled".getBytes(UTF_8);
        ObjectRef object = new ObjectRef(Digests.sha256Hex(wanted), wanted.length);
        keepsTheArtifactThatRuns(
                control.store(
                        wanted,
                        wanted,
                        ControlPlaneDouble.manifest(
                                object,
                                ControlPlaneDouble.ARCHITECTURE,
                                control.artifactKey,
                                SignedEnvelope.DESIRED_STATE)),
                "payload type");
    }

    @Test
    void refusesTheManifestOfAnotherArtifact() {
        byte[] wanted = "swapped".getBytes(UTF_8);
        keepsTheArtifactThatRuns(
                control.store(
                        wanted, wanted, control.manifest(OBJECT, ControlPlaneDouble.ARCHITECTURE, control.artifactKey)),
                "its manifest is of " + artifact);
    }

    @Test
    void refusesAnArtifactForAnotherArchitecture() {
        byte[] wanted = "for arm".getBytes(UTF_8);
        keepsTheArtifactThatRuns(
                control.store(wanted, wanted, control.manifest(wanted, "aarch64", control.artifactKey)), "aarch64");
    }

    @Test
    void refusesAnOversizeArtifactBeforeItFetchesAByte() {
        byte[] wanted = "claims to be huge".getBytes(UTF_8);
        ObjectRef huge = new ObjectRef(Digests.sha256Hex(wanted), ArtifactGate.MAX_ARTIFACT_BYTES + 1);
        keepsTheArtifactThatRuns(
                control.store(
                        wanted,
                        wanted,
                        ControlPlaneDouble.manifest(
                                huge,
                                ControlPlaneDouble.ARCHITECTURE,
                                control.artifactKey,
                                SignedEnvelope.ARTIFACT_MANIFEST)),
                "at most");
    }

    @Test
    void reportsTheVerifiersLogWhenTheKernelRefusesAnArtifactAndAsksForNoRebuild() {
        bench.kernel.refuseLoad = control.build("unverifiable".getBytes(UTF_8));
        keepsTheArtifactThatRuns(bench.kernel.refuseLoad, "EACCES");
        assertThat(bench.system(control, SystemEvent.ARTIFACT_REJECTED)
                        .getFirst()
                        .metadata())
                .containsEntry("detail", "0: R1 !read_ok")
                .containsEntry("reason", "ARTIFACT_NOT_LOADED");
        assertThat(rebuildsAskedFor()).isZero();
    }

    @Test
    void doesNotBelieveADoorbell() {
        byte[] good = sealed(control.policyKey, state(bench.host, 2, 9, table("x"), artifact));
        control.bus.publishCore(Subjects.doorbell(bench.host), good);
        control.bus.publishCore(Subjects.doorbell(bench.host), new byte[0]);
        control.desire(bench.host, 2, 6, table("authority"), artifact);
        await().untilAsserted(() -> assertThat(bench.kernel.installs()).hasSize(2));
        assertThat(bench.kernel.table()).isEqualTo(table("authority"));
    }

    @Test
    void doesNotRepeatARefusalAtEveryLook() {
        control.publish(bench.host, "nonsense".getBytes(UTF_8));
        await().untilAsserted(() -> assertThat(bench.system(control, SystemEvent.DESIRED_STATE_REJECTED))
                .hasSize(1));
        for (int i = 0; i < 5; i++) {
            bench.agent.ring();
        }
        RuleTable next = table("next");
        control.desire(bench.host, 2, 6, next, artifact);
        await().untilAsserted(() -> assertThat(bench.kernel.table()).isEqualTo(next));
        await().untilAsserted(() -> assertThat(bench.updates(control))
                .extracting(PolicyUpdate::revision)
                .contains(6L));
        assertThat(bench.system(control, SystemEvent.DESIRED_STATE_REJECTED)).hasSize(1);
    }

    @Test
    void appliesNothingThatItCouldNotRemember() throws Exception {
        bench.stop();
        Path inTheWay = directory.resolve("state-" + bench.host.value()).resolve("high-water.json");
        Files.delete(inTheWay);
        Files.createDirectory(inTheWay);
        bench.start().listening();
        control.desire(bench.host, 2, 6, table("next"), artifact);
        await().untilAsserted(() -> assertThat(bench.system(control, SystemEvent.DESIRED_STATE_REJECTED))
                .singleElement()
                .satisfies(event -> assertThat(event.metadata()).containsEntry("reason", "NOT_PERSISTED")));
        assertThat(bench.kernel.installs()).hasSize(1);
        assertThat(bench.agent.standing().now().complaint()).isPresent();

        Files.delete(inTheWay);
        bench.agent.ring();
        await().untilAsserted(() -> assertThat(bench.kernel.table()).isEqualTo(table("next")));
        assertThat(bench.agent.standing().now().complaint()).isEmpty();
    }

    @Test
    void refusesAReplayWhenItsStateDirectoryWasWiped() {
        bench.stop();
        Directories.delete(bench.stateDir);
        control.publish(bench.host, sealed(control.policyKey, state(bench.host, 2, 4, table("old"), artifact)));
        bench.start().listening();
        await().untilAsserted(() -> assertThat(bench.system(control, SystemEvent.DESIRED_STATE_REJECTED))
                .singleElement()
                .satisfies(event -> assertThat(event.metadata()).containsEntry("reason", "STALE")));
        assertThat(bench.kernel.installs()).hasSize(1);
    }

    @Test
    void refusesAReplayWhenItsPinsAreGone() {
        bench.stop();
        bench.kernel.forget();
        control.publish(bench.host, sealed(control.policyKey, state(bench.host, 2, 4, table("old"), artifact)));
        bench.start().listening();
        await().untilAsserted(() -> assertThat(bench.system(control, SystemEvent.DESIRED_STATE_REJECTED))
                .singleElement()
                .satisfies(event -> assertThat(event.metadata()).containsEntry("reason", "STALE")));
        assertThat(bench.kernel.table()).as("loaded from disk").isEqualTo(table("first"));
    }
}
