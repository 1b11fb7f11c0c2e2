package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Set;

/**
 * On {@code segmentation.builds.failed}.
 *
 * @param spec what was asked for, null when the request could not be read
 * @param stage vmlinux, compile, strip, check, store or request
 * @param reason one sentence
 * @param output the tool's own words, at most 16 KiB; null when no tool ran
 */
public record BuildFailed(BuildSpec spec, String stage, String reason, String output, Instant timestamp) {
    private static final Set<String> STAGES = Set.of("request", "vmlinux", "compile", "strip", "check", "store");

    public BuildFailed {
        requireNonNull(stage, "stage is missing");
        Figures.requireWord(stage, STAGES, "stage");
        requireNonNull(reason, "reason is missing");
        requireNonNull(timestamp, "timestamp is missing");
    }
}
