package io.aegisflux.segmentation.policy.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aegisflux.segmentation.contracts.ArtifactManifest;
import io.aegisflux.segmentation.contracts.BuildCompleted;
import io.aegisflux.segmentation.contracts.EnvelopeSigner;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.SignedEnvelope;
import io.aegisflux.segmentation.contracts.SigningKeys;
import io.aegisflux.segmentation.contracts.UntrustedEnvelopeException;
import io.aegisflux.segmentation.contracts.Wire;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestGateTest {
    private static final ArtifactManifest MANIFEST =
            Documents.manifest("x86_64", "an object", Instant.parse("2026-11-25T10:00:00Z"));

    @TempDir
    Path keys;

    private EnvelopeSigner builder;
    private ManifestGate gate;

    @BeforeEach
    void trustTheBuilder() {
        builder = SigningKeys.signer(keys.resolve("artifact.pem"));
        gate = new ManifestGate(Optional.of(SigningKeys.verifier(List.of(keys.resolve("artifact.pem.pub")))));
    }

    @Test
    void believesWhatTheBuilderSigned() {
        assertThat(gate.manifest(announcement(builder, SignedEnvelope.ARTIFACT_MANIFEST)))
                .isEqualTo(MANIFEST);
    }

    @Test
    void refusesWhatAnotherKeySigned() {
        EnvelopeSigner other = SigningKeys.signer(keys.resolve("policy.pem"));
        assertThatThrownBy(() -> gate.manifest(announcement(other, SignedEnvelope.ARTIFACT_MANIFEST)))
                .isInstanceOf(UntrustedEnvelopeException.class)
                .hasMessageContaining("not trusted here");
    }

    @Test
    void refusesWhatWasSignedForAnotherPurpose() {
        assertThatThrownBy(() -> gate.manifest(announcement(builder, SignedEnvelope.DESIRED_STATE)))
                .isInstanceOf(UntrustedEnvelopeException.class)
                .hasMessageContaining("payload type");
    }

    @Test
    void refusesWhatIsNoAnnouncement() {
        assertThatThrownBy(() -> gate.manifest(new byte[] {'{', '}'}))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("BuildCompleted");
    }

    @Test
    void withoutKeysBelievesEveryManifest() {
        EnvelopeSigner other = SigningKeys.signer(keys.resolve("policy.pem"));
        assertThat(new ManifestGate(Optional.empty()).manifest(announcement(other, SignedEnvelope.ARTIFACT_MANIFEST)))
                .isEqualTo(MANIFEST);
    }

    private static byte[] announcement(EnvelopeSigner signer, String type) {
        return Wire.write(new BuildCompleted(
                signer.sign(type, Wire.write(MANIFEST)), MANIFEST.artifact().name(), false, 1));
    }
}
