package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Set;

/**
 * What became of a staged version, on {@code segmentation.rollouts.<policy_id>}. A staged version of which there is no word
 * is running.
 *
 * @param baseVersion what hosts keep that do not have it; 0 for nothing
 * @param reason for people; names the host where one is the cause
 * @param by {@link #SERVICE} or {@link #CLIENT}: who decided it
 * @param author which client, as it said; null when it did not, and where the service decided
 */
public record Rollout(
        PolicyId policyId,
        long version,
        long baseVersion,
        RolloutState state,
        String reason,
        Instant since,
        String by,
        Author author) {
    public static final String SERVICE = "service";
    public static final String CLIENT = "client";

    private static final Set<String> DECIDERS = Set.of(SERVICE, CLIENT);

    public Rollout {
        requireNonNull(policyId, "policy_id is missing");
        requireNonNull(state, "state is missing");
        requireNonNull(reason, "reason is missing");
        requireNonNull(since, "since is missing");
        requireNonNull(by, "by is missing");
        Figures.requireVersion(version);
        Figures.requireCount(baseVersion, "base_version");
        Figures.requireWord(by, DECIDERS, "by");
    }

    /** Decided by one who has not said who it is. */
    public Rollout(
            PolicyId policyId,
            long version,
            long baseVersion,
            RolloutState state,
            String reason,
            Instant since,
            String by) {
        this(policyId, version, baseVersion, state, reason, since, by, null);
    }
}
