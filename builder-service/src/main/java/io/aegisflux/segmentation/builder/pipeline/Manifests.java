package io.aegisflux.segmentation.builder.pipeline;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.builder.domain.KnownBuild;
import io.aegisflux.segmentation.contracts.ArtifactManifest;
import io.aegisflux.segmentation.contracts.EnvelopeSigner;
import io.aegisflux.segmentation.contracts.EnvelopeVerifier;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.SignedEnvelope;
import io.aegisflux.segmentation.contracts.SigningKeys;
import io.aegisflux.segmentation.contracts.UntrustedEnvelopeException;
import io.aegisflux.segmentation.contracts.Wire;
import java.nio.file.Path;
import java.util.List;

/** Signs manifests with the artifact key, and tells those that were signed with it from others. */
public final class Manifests {
    private final EnvelopeSigner signer;
    private final EnvelopeVerifier verifier;

    private Manifests(EnvelopeSigner signer, EnvelopeVerifier verifier) {
        this.signer = requireNonNull(signer, "signer is null");
        this.verifier = requireNonNull(verifier, "verifier is null");
    }

    /**
     * With the key pair of this file, made when it is missing.
     *
     * @throws java.io.UncheckedIOException as {@link SigningKeys#signer}
     * @throws IllegalArgumentException likewise
     */
    public static Manifests of(Path privateKeyFile) {
        EnvelopeSigner signer = SigningKeys.signer(privateKeyFile);
        return new Manifests(signer, SigningKeys.verifier(List.of(SigningKeys.publicFile(privateKeyFile))));
    }

    KnownBuild sign(ArtifactManifest manifest) {
        return new KnownBuild(signer.sign(SignedEnvelope.ARTIFACT_MANIFEST, Wire.write(manifest)), manifest);
    }

    /**
     * The build that an envelope announces.
     *
     * @throws UntrustedEnvelopeException when it is not signed with our key
     * @throws MalformedMessageException when it holds no manifest
     */
    public KnownBuild verify(SignedEnvelope envelope) {
        byte[] payload = verifier.verify(envelope, SignedEnvelope.ARTIFACT_MANIFEST);
        return new KnownBuild(envelope, Wire.read(payload, ArtifactManifest.class));
    }
}
