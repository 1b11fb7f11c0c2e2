package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Set;

/**
 * An accepted version of a policy on {@code segmentation.policy_store.<policy_id>}.
 *
 * @param version counts from 1; a deletion is a version too
 * @param action created, updated or deleted
 * @param digest SHA-256 of the document's bytes as published, null for a deletion
 * @param document as published, null for a deletion
 * @param sourceSequence sequence of the publish in {@link Streams#POLICIES}
 * @param canary how it is staged; null for a version that is in force on all hosts at once
 * @param author who published it, as they said; null when they did not
 */
public record StoredPolicy(
        PolicyId policyId,
        long version,
        String action,
        String digest,
        JsonNode document,
        long sourceSequence,
        Instant storedAt,
        Canary canary,
        Author author) {

    public static final String CREATED = "created";
    public static final String UPDATED = "updated";
    public static final String DELETED = "deleted";

    static final Set<String> ACTIONS = Set.of(CREATED, UPDATED, DELETED);

    public StoredPolicy {
        requireNonNull(policyId, "policy_id is missing");
        requireNonNull(action, "action is missing");
        requireNonNull(storedAt, "stored_at is missing");
        Figures.requireVersion(version);
        Figures.requireWord(action, ACTIONS, "action");
        Figures.requireCount(sourceSequence, "source_sequence");
        document = document == null || document.isNull() ? null : document;
        if ((document == null) != DELETED.equals(action) || (digest == null) != (document == null)) {
            throw new IllegalArgumentException(
                    "a deletion has no document and no digest, every other version has both");
        }
        if (digest != null) {
            Digests.requireHex(digest, "digest");
        }
        if (document != null && !document.isObject()) {
            throw new IllegalArgumentException("document is an object, not " + document.getNodeType());
        }
        if (canary != null && document == null) {
            throw new IllegalArgumentException("a deletion cannot be staged");
        }
    }

    /** A version without an author that is in force on all hosts at once. */
    public StoredPolicy(
            PolicyId policyId,
            long version,
            String action,
            String digest,
            JsonNode document,
            long sourceSequence,
            Instant storedAt) {
        this(policyId, version, action, digest, document, sourceSequence, storedAt, null, null);
    }

    /** Whether this version says that the policy is gone. */
    @JsonIgnore
    public boolean isDeleted() {
        return DELETED.equals(action);
    }
}
