package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

/**
 * On {@code segmentation.builds.completed}.
 *
 * @param manifest the signed {@link ArtifactManifest}
 * @param artifactDigest SHA-256 of the artifact, lower-case hex; what counts is the one in the signed manifest
 * @param reused whether the same inputs were built before, so that nothing was compiled
 * @param durationMillis from the request to the stored artifact
 */
public record BuildCompleted(SignedEnvelope manifest, String artifactDigest, boolean reused, long durationMillis) {
    public BuildCompleted {
        requireNonNull(manifest, "manifest is missing");
        Digests.requireHex(artifactDigest, "artifact_digest");
        Figures.requireCount(durationMillis, "duration_millis");
    }
}
