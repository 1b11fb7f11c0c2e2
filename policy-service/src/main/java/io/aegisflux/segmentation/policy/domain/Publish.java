package io.aegisflux.segmentation.policy.domain;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import java.time.Duration;
import java.time.Instant;

/**
 * What somebody published on a policy's subject.
 *
 * @param body the document's bytes; none deletes the policy
 * @param sequence in the stream of publishes, from 1: later ones have higher numbers
 * @param publishedAt when the stream stored it, by the broker's clock
 * @param terms what its headers say
 */
@SuppressWarnings("ArrayRecordComponent")
public record Publish(PolicyId policy, byte[] body, long sequence, Instant publishedAt, PublishTerms terms) {
    /** How far the clocks of broker and services may be apart before an old publish is taken for a new one. */
    static final Duration CLOCKS_APART = Duration.ofMinutes(1);

    public Publish {
        requireNonNull(policy, "policy is null");
        requireNonNull(body, "body is null");
        requireNonNull(publishedAt, "publishedAt is null");
        requireNonNull(terms, "terms is null");
        if (sequence < 1) {
            throw new IllegalArgumentException("sequences count from 1, not " + sequence);
        }
    }

    /**
     * Whether the version was made from this publish or a later one. Sequences tell, unless the stream of publishes was
     * made anew and counts from 1 again: what was published well after the version was stored is new whatever its number.
     */
    public boolean isIn(StoredPolicy version) {
        return sequence <= version.sourceSequence()
                && publishedAt.isBefore(version.storedAt().plus(CLOCKS_APART));
    }

    /** The version that it is to follow. */
    public Expectation expectation() {
        return terms.expectation();
    }

    /** How it is to be rolled out. */
    public Staging staging() {
        return terms.staging();
    }

    public boolean isDeletion() {
        return body.length == 0;
    }

    /** SHA-256 of the body, lower-case hex. */
    public String digest() {
        return Digests.sha256Hex(body);
    }
}
