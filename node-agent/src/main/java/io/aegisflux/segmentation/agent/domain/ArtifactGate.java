package io.aegisflux.segmentation.agent.domain;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.ArtifactManifest;
import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.EnvelopeVerifier;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.SignedEnvelope;
import io.aegisflux.segmentation.contracts.UntrustedEnvelopeException;
import io.aegisflux.segmentation.contracts.Wire;
import java.util.Base64;

/** Decides whether bytes may be loaded into the kernel: by a manifest that a trusted key signed as a manifest. */
public final class ArtifactGate {
    /** The largest object that is fetched, in bytes. */
    public static final long MAX_ARTIFACT_BYTES = 16L * 1024 * 1024;

    private static final String PROGRAM_SET = "datapath";

    private final EnvelopeVerifier verifier;
    private final String architecture;

    /**
     * @param verifier trusts the artifact keys
     * @param architecture of this host, as in {@link HostFacts}
     */
    public ArtifactGate(EnvelopeVerifier verifier, String architecture) {
        this.verifier = requireNonNull(verifier, "verifier is null");
        this.architecture = requireNonNull(architecture, "architecture is null");
    }

    /**
     * The manifest of an artifact, before a byte of it is fetched.
     *
     * @param digest which artifact is wanted
     * @param encoded the signed manifest as it stands beside the object: JSON in base64
     * @throws RefusedException when it is not one that this host may follow
     */
    public ArtifactManifest manifest(String digest, String encoded) throws RefusedException {
        ArtifactManifest manifest;
        try {
            SignedEnvelope envelope = Wire.read(Base64.getDecoder().decode(encoded), SignedEnvelope.class);
            manifest = Wire.read(verifier.verify(envelope, SignedEnvelope.ARTIFACT_MANIFEST), ArtifactManifest.class);
        } catch (UntrustedEnvelopeException | MalformedMessageException | IllegalArgumentException e) {
            throw refused(digest, "its manifest is refused: " + e.getMessage());
        }
        if (!manifest.artifact().name().equals(digest)) {
            throw refused(digest, "its manifest is of " + manifest.artifact().name());
        }
        if (!architecture.equals(manifest.spec().architecture())
                || !PROGRAM_SET.equals(manifest.spec().programSet())) {
            throw refused(
                    digest,
                    "it is %s for %s, this host runs %s on %s"
                            .formatted(
                                    manifest.spec().programSet(),
                                    manifest.spec().architecture(),
                                    PROGRAM_SET,
                                    architecture));
        }
        if (manifest.artifact().size() > MAX_ARTIFACT_BYTES) {
            throw refused(
                    digest,
                    "it has %d bytes, at most %d are fetched"
                            .formatted(manifest.artifact().size(), MAX_ARTIFACT_BYTES));
        }
        return manifest;
    }

    /**
     * Holds the bytes against the manifest.
     *
     * @throws RefusedException when size or digest differ
     */
    public static void requireContent(ArtifactManifest manifest, byte[] object) throws RefusedException {
        if (object.length != manifest.artifact().size()
                || !Digests.sha256Hex(object).equals(manifest.artifact().name())) {
            throw refused(
                    manifest.artifact().name(),
                    "%d bytes with digest %s came instead of %d"
                            .formatted(
                                    object.length,
                                    Digests.sha256Hex(object),
                                    manifest.artifact().size()));
        }
    }

    private static RefusedException refused(String digest, String why) {
        return new RefusedException(RefusalCode.ARTIFACT_UNUSABLE, "artifact %s: %s".formatted(digest, why));
    }
}
