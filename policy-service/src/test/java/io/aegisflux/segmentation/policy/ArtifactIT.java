package io.aegisflux.segmentation.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.ArtifactManifest;
import io.aegisflux.segmentation.contracts.BuildCompleted;
import io.aegisflux.segmentation.contracts.BuildSpec;
import io.aegisflux.segmentation.contracts.DesiredState;
import io.aegisflux.segmentation.contracts.EnvelopeSigner;
import io.aegisflux.segmentation.contracts.SignedEnvelope;
import io.aegisflux.segmentation.contracts.SigningKeys;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.ServiceProcess;
import io.aegisflux.segmentation.nats.StreamCatalog;
import io.aegisflux.segmentation.policy.domain.Documents;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ArtifactIT {
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");

    private PolicyBench bench;
    private Path builderKey;
    private EnvelopeSigner builder;
    private EnvelopeSigner forger;

    @BeforeEach
    void start() {
        bench = PolicyBench.start();
        StreamCatalog.ensure(bench.bus, Streams.BUILD_RESULTS);
        StreamCatalog.ensure(bench.bus, Streams.BUILD_REQUESTS);
        builderKey = bench.directory.resolve("artifact.pem");
        builder = SigningKeys.signer(builderKey);
        forger = SigningKeys.signer(bench.directory.resolve("forger.pem"));
        bench.report(Documents.report("host-a"));
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void whatTheBuilderSignedIsToldAndWhatAnotherKeySignedIsReported() throws Exception {
        ServiceProcess service = trustingTheBuilder();
        ArtifactManifest sound = Documents.manifest("x86_64", "sound", NOW);
        announce(builder, sound);
        DesiredState told = bench.awaitDesired("host-a", state -> state.artifact() != null);
        assertThat(told.artifact()).isEqualTo(sound.artifact().name());

        announce(forger, Documents.manifest("x86_64", "forged", NOW.plusSeconds(60)));
        bench.bus.publish(Subjects.BUILDS_COMPLETED, "{}".getBytes(), null);
        await().atMost(PolicyBench.PATIENCE)
                .until(() -> bench.events(SystemEvent.ARTIFACT_REJECTED).size() == 2);
        assertThat(bench.events(SystemEvent.ARTIFACT_REJECTED))
                .extracting(SystemEvent::message)
                .anySatisfy(it -> assertThat(it).contains("is not trusted here"))
                .anySatisfy(it -> assertThat(it).contains("BuildCompleted"));
        assertThat(bench.desired("host-a")).contains(told);
        assertThat(Files.readString(service.log())).doesNotContain("ARTIFACT_KEYS is not set");

        ArtifactManifest next = Documents.manifest("x86_64", "next", NOW.plusSeconds(120));
        announce(builder, next);
        assertThat(bench.awaitDesired("host-a", it -> it.revision() > told.revision())
                        .artifact())
                .isEqualTo(next.artifact().name());
    }

    @Test
    void anArtifactOfAnotherArchitectureTellsAHostNothing() {
        trustingTheBuilder();
        DesiredState told = bench.awaitDesired("host-a", state -> true);
        announce(builder, Documents.manifest("aarch64", "arm", NOW));
        ArtifactManifest own = Documents.manifest("x86_64", "own", NOW);
        announce(builder, own);
        DesiredState next = bench.awaitDesired("host-a", state -> state.artifact() != null);
        assertThat(next.artifact()).isEqualTo(own.artifact().name());
        assertThat(next.revision()).isEqualTo(told.revision() + 1);
    }

    @Test
    void withoutKeysAnnouncementsAreBelievedAndThatIsSaidAtTheStart() throws Exception {
        ServiceProcess service = bench.service();
        ArtifactManifest unproven = Documents.manifest("x86_64", "unproven", NOW);
        announce(forger, unproven);
        assertThat(bench.awaitDesired("host-a", state -> state.artifact() != null)
                        .artifact())
                .isEqualTo(unproven.artifact().name());
        assertThat(Files.readString(service.log())).containsOnlyOnce("ARTIFACT_KEYS is not set");
    }

    @Test
    void aHostWithoutAnArtifactForItsArchitectureHasOneBuilt() {
        trustingTheBuilder();
        await().atMost(PolicyBench.PATIENCE)
                .until(() -> !bench.all(Streams.BUILD_REQUESTS, Subjects.BUILDS_REQUESTED)
                        .isEmpty());
        assertThat(bench.all(Streams.BUILD_REQUESTS, Subjects.BUILDS_REQUESTED))
                .singleElement()
                .satisfies(it -> assertThat(Wire.read(it.data(), BuildSpec.class))
                        .isEqualTo(new BuildSpec("datapath", "default", "x86_64", PolicyBench.SERVICE)));
    }

    private ServiceProcess trustingTheBuilder() {
        return bench.service(
                Map.of("ARTIFACT_KEYS", SigningKeys.publicFile(builderKey).toString()));
    }

    private void announce(EnvelopeSigner signer, ArtifactManifest manifest) {
        BuildCompleted completed = new BuildCompleted(
                signer.sign(SignedEnvelope.ARTIFACT_MANIFEST, Wire.write(manifest)),
                manifest.artifact().name(),
                false,
                1);
        bench.bus.publish(Subjects.BUILDS_COMPLETED, Wire.write(completed), null);
    }
}
