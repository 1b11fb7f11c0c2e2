package io.aegisflux.segmentation.contracts;

/**
 * A wish on {@code segmentation.builds.requested}. Every member selects among what the builder knows; no text of it
 * reaches a source, a shell or a path.
 *
 * @param programSet {@code datapath}
 * @param variant {@code default}
 * @param architecture {@code x86_64} or {@code aarch64}
 * @param requestedBy the host or service that asks, for the record
 */
public record BuildSpec(String programSet, String variant, String architecture, String requestedBy) {}
