package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.PublishHeaders;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Violation;
import java.util.List;
import java.util.Optional;

/** How a publisher is told that another version holds than it has seen. */
final class Conflicts {
    private Conflicts() {}

    static Violation violation(PolicyId policy, Optional<StoredPolicy> latest) {
        return new Violation("", holds(policy, latest), hint(latest));
    }

    static ApiError error(PolicyId policy, Optional<StoredPolicy> latest) {
        return new ApiError(
                ApiError.VERSION_CONFLICT, holds(policy, latest) + "; nothing has changed", hint(latest), List.of());
    }

    private static String holds(PolicyId policy, Optional<StoredPolicy> latest) {
        return latest.map(version -> "version %d of %s holds (%s at %s), not the expected one"
                        .formatted(version.version(), policy, version.action(), version.storedAt()))
                .orElse("there never was a policy " + policy + ", so not the expected version either");
    }

    private static String hint(Optional<StoredPolicy> latest) {
        return "look at what holds, and publish again with %s: %d"
                .formatted(
                        PublishHeaders.EXPECTED_VERSION,
                        latest.map(StoredPolicy::version).orElse(0L));
    }
}
