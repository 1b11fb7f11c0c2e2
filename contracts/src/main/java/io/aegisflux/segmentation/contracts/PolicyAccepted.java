package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

/**
 * The reply to a publish that was accepted, when it asked for one.
 *
 * @param version the version that it became
 * @param action created, updated or deleted
 * @param digest SHA-256 of the document's bytes, null for a deletion
 * @param author who published it, as they said; null when they did not. The first of several who published the same
 */
public record PolicyAccepted(PolicyId policyId, long version, String action, String digest, Author author) {
    public PolicyAccepted {
        requireNonNull(policyId, "policy_id is missing");
        requireNonNull(action, "action is missing");
        Figures.requireVersion(version);
        Figures.requireWord(action, StoredPolicy.ACTIONS, "action");
        if (digest != null) {
            Digests.requireHex(digest, "digest");
        }
    }

    /** Of a version without an author. */
    public PolicyAccepted(PolicyId policyId, long version, String action, String digest) {
        this(policyId, version, action, digest, null);
    }
}
