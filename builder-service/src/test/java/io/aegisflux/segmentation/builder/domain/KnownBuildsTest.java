package io.aegisflux.segmentation.builder.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.ArtifactManifest;
import io.aegisflux.segmentation.contracts.BuildSpec;
import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.ObjectRef;
import io.aegisflux.segmentation.contracts.SignedEnvelope;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KnownBuildsTest {
    private static final Selection X86 = new Selection(ProgramSet.DATAPATH, Variant.DEFAULT, Architecture.X86_64);
    private static final Selection ARM = new Selection(ProgramSet.DATAPATH, Variant.DEFAULT, Architecture.AARCH64);

    private static KnownBuild build(Selection selection, String inputs, long version) {
        BuildSpec spec = selection.spec("host-a");
        ArtifactManifest manifest = new ArtifactManifest(
                spec,
                new ObjectRef(Digests.sha256Hex(inputs.getBytes()), 1),
                version,
                digest(inputs),
                "5".repeat(64),
                Map.of(),
                List.of(),
                List.of(),
                Map.of(),
                Instant.EPOCH);
        return new KnownBuild(
                new SignedEnvelope(SignedEnvelope.ARTIFACT_MANIFEST, new byte[0], "key", new byte[0]), manifest);
    }

    @Test
    void countVersionsOfEachSelectionFromOne() {
        KnownBuilds known = KnownBuilds.NONE;
        assertThat(known.nextVersion(X86)).isEqualTo(1);
        known = known.with(build(X86, "a", 1), 1).with(build(X86, "b", 2), 2);
        assertThat(known.nextVersion(X86)).isEqualTo(3);
        assertThat(known.nextVersion(ARM)).isEqualTo(1);
        assertThat(known.with(build(X86, "a", 1), 3).nextVersion(X86))
                .as("one announced again is no new one")
                .isEqualTo(3);
    }

    @Test
    void findABuildByItsInputs() {
        KnownBuild first = build(X86, "a", 1);
        KnownBuilds known = KnownBuilds.NONE.with(first, 1).with(build(ARM, "b", 1), 2);
        assertThat(known.of(digest("a"))).contains(first);
        assertThat(known.of(Digests.sha256Hex("c".getBytes()))).isEmpty();
    }

    @Test
    void tellTheLatestOfEachSelection() {
        KnownBuilds known = KnownBuilds.NONE
                .with(build(X86, "a", 1), 1)
                .with(build(X86, "b", 2), 2)
                .with(build(ARM, "c", 1), 3)
                .with(build(X86, "a", 1), 4);
        assertThat(known.latest()).extracting(ArtifactManifest::inputsDigest).containsExactly(digest("c"), digest("b"));
    }

    @Test
    void keepTheirPlaceInTheStreamWhenItIsReadAgain() {
        KnownBuilds known = KnownBuilds.NONE.with(build(X86, "a", 1), 7).past(9);
        assertThat(known.sequence()).isEqualTo(9);
        assertThat(known.past(3).with(build(X86, "a", 1), 7)).isEqualTo(known);
    }

    private static String digest(String inputs) {
        return Digests.sha256Hex(inputs.getBytes());
    }
}
