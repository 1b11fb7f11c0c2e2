package io.aegisflux.segmentation.telemetry.domain;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.PolicyId;

/** A version of a policy that hosts may have and nobody told of yet. */
public record MissingVersion(PolicyId policy, long version) {
    public MissingVersion {
        requireNonNull(policy, "policy is null");
    }
}
