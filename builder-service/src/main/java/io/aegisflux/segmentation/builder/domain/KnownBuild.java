package io.aegisflux.segmentation.builder.domain;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.ArtifactManifest;
import io.aegisflux.segmentation.contracts.SignedEnvelope;

/**
 * A build that was announced, by this instance or another with the same key.
 *
 * @param envelope around the manifest, as it was signed
 */
public record KnownBuild(SignedEnvelope envelope, ArtifactManifest manifest) {
    public KnownBuild {
        requireNonNull(envelope, "envelope is null");
        requireNonNull(manifest, "manifest is null");
    }
}
