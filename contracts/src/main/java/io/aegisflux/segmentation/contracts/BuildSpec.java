package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

/**
 * A wish on {@code segmentation.builds.requested}. Every member selects among what the builder knows; no text of it
 * reaches a source, a shell or a path.
 *
 * @param programSet {@code datapath}
 * @param variant {@code default}
 * @param architecture {@code x86_64} or {@code aarch64}
 * @param requestedBy the host or service that asks, for the record; null when it does not matter
 */
public record BuildSpec(String programSet, String variant, String architecture, String requestedBy) {
    public BuildSpec {
        requireNonNull(programSet, "program_set is missing");
        requireNonNull(variant, "variant is missing");
        requireNonNull(architecture, "architecture is missing");
    }
}
