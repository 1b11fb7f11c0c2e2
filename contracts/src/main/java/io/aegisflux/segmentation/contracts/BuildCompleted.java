package io.aegisflux.segmentation.contracts;

/** On {@code segmentation.builds.completed}: the signed {@link ArtifactManifest}, and whether it was built before. */
public record BuildCompleted(SignedEnvelope manifest, String artifactDigest, boolean reused, long durationMillis) {}
