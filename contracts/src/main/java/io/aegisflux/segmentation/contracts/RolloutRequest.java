package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

/** Asks for the {@link RolloutStatus} of a policy. */
public record RolloutRequest(PolicyId policyId) {
    public RolloutRequest {
        requireNonNull(policyId, "policy_id is missing");
    }
}
