package io.aegisflux.segmentation.contracts;

import java.time.Instant;

/**
 * On {@code segmentation.builds.failed}.
 *
 * @param stage vmlinux, compile, strip, check, store or request
 * @param output the tool's own words, at most 16 KiB
 */
public record BuildFailed(BuildSpec spec, String stage, String reason, String output, Instant timestamp) {}
