package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

/**
 * A policy as a host's rule table refers to it.
 *
 * @param version counts the accepted versions of this id from 1
 * @param digest SHA-256 of the stored document, lower-case hex
 */
public record PolicyRef(PolicyId id, long version, String type, int priority, Mode mode, String digest) {
    public PolicyRef {
        requireNonNull(id, "id is missing");
        requireNonNull(type, "type is missing");
        requireNonNull(mode, "mode is missing");
        Digests.requireHex(digest, "digest");
        Figures.requireVersion(version);
        Figures.requireCount(priority, "priority");
    }
}
