package io.aegisflux.segmentation.policy.domain;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.PolicyId;

/**
 * What somebody published on a policy's subject.
 *
 * @param body the document's bytes; none deletes the policy
 * @param sequence in the stream of publishes: later ones have higher numbers
 */
@SuppressWarnings("ArrayRecordComponent")
public record Publish(PolicyId policy, byte[] body, long sequence) {
    public Publish {
        requireNonNull(policy, "policy is null");
        requireNonNull(body, "body is null");
    }

    public boolean isDeletion() {
        return body.length == 0;
    }

    /** SHA-256 of the body, lower-case hex. */
    public String digest() {
        return Digests.sha256Hex(body);
    }
}
