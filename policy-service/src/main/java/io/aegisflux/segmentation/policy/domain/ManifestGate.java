package io.aegisflux.segmentation.policy.domain;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.ArtifactManifest;
import io.aegisflux.segmentation.contracts.BuildCompleted;
import io.aegisflux.segmentation.contracts.EnvelopeVerifier;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.SignedEnvelope;
import io.aegisflux.segmentation.contracts.UntrustedEnvelopeException;
import io.aegisflux.segmentation.contracts.Wire;
import java.util.Optional;

/**
 * Decides whether an announced artifact is the builder's. Agents verify what they load in any case; here it keeps a
 * forged announcement from sending the whole fleet after an artifact that it will refuse.
 */
public final class ManifestGate {
    private final Optional<EnvelopeVerifier> verifier;

    /** @param verifier trusts the builder's keys; empty to believe every announcement */
    public ManifestGate(Optional<EnvelopeVerifier> verifier) {
        this.verifier = requireNonNull(verifier, "verifier is null");
    }

    /**
     * The manifest that a message announces.
     *
     * @param message the bytes of a {@link BuildCompleted}
     * @throws MalformedMessageException when it is none
     * @throws UntrustedEnvelopeException when no trusted key signed it
     */
    public ArtifactManifest manifest(byte[] message) {
        SignedEnvelope envelope = Wire.read(message, BuildCompleted.class).manifest();
        byte[] payload = verifier.isPresent()
                ? verifier.get().verify(envelope, SignedEnvelope.ARTIFACT_MANIFEST)
                : envelope.payload();
        return Wire.read(payload, ArtifactManifest.class);
    }
}
