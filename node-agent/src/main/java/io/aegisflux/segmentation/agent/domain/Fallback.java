package io.aegisflux.segmentation.agent.domain;

import java.util.Optional;

/**
 * The kernel went back to the table before, since the one in force was not confirmed in time.
 *
 * @param generation that it went back from
 * @param identity of its table; empty when nobody can read it any more
 */
public record Fallback(long generation, Optional<TableIdentity> identity) {}
