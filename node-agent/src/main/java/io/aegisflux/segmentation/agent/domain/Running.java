package io.aegisflux.segmentation.agent.domain;

import java.time.Instant;
import java.util.Optional;

/**
 * What the kernel runs.
 *
 * @param artifactDigest SHA-256 of the loaded object, lower-case hex
 * @param generation counts the switches of this host from 1; 0 before the first table
 * @param identity of the table in force; empty before the first
 * @param tableBytes what the table takes in the kernel
 * @param tableCapacity how many bytes fit
 * @param confirmBy when the kernel goes back to the table before, unless this one is confirmed; empty when it is
 */
public record Running(
        String artifactDigest,
        long generation,
        Optional<TableIdentity> identity,
        long tableBytes,
        long tableCapacity,
        Optional<Instant> confirmBy) {}
