package io.aegisflux.segmentation.contracts;

/**
 * A policy as a host's rule table refers to it.
 *
 * @param version counts the accepted versions of this id from 1
 * @param digest SHA-256 of the stored document, lower-case hex
 */
public record PolicyRef(PolicyId id, long version, String type, int priority, Mode mode, String digest) {}
