package io.aegisflux.segmentation.engine.lowering;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.PolicyRef;
import io.aegisflux.segmentation.engine.language.Policy;

/**
 * A policy as it is stored.
 *
 * @param version counts the accepted versions of this id from 1
 * @param digest SHA-256 of the stored document, lower-case hex
 */
public record VersionedPolicy(Policy policy, long version, String digest) {
    public VersionedPolicy {
        requireNonNull(policy, "policy is null");
        requireNonNull(digest, "digest is null");
        if (version < 1) {
            throw new IllegalArgumentException("versions count from 1, not %d".formatted(version));
        }
    }

    PolicyRef ref() {
        return new PolicyRef(policy.id(), version, policy.type().word(), policy.priority(), policy.mode(), digest);
    }
}
