package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * How the rollout of a policy's latest staged version stands.
 *
 * @param baseVersion what hosts keep that do not have it; 0 for nothing
 * @param reason why it is in this state; null while it runs undisturbed
 * @param since when it came into this state
 * @param by who decided that, as in {@link Rollout}; null while it runs undisturbed
 * @param author which client, as it said; null when it did not, and where the service decided
 * @param startedAt when the version was stored
 * @param hostsTotal hosts that the policy is for, in this version or the one before
 * @param canaryHosts how many of them are canaries
 * @param acknowledged how many canaries have acknowledged the version
 * @param hosts at most {@link #MOST_HOSTS}, canaries first, then by id; none in a list of rollouts
 */
public record RolloutStatus(
        PolicyId policyId,
        long version,
        long baseVersion,
        RolloutState state,
        String reason,
        Instant since,
        String by,
        Author author,
        Canary canary,
        Instant startedAt,
        long hostsTotal,
        long canaryHosts,
        long acknowledged,
        List<Host> hosts) {
    public static final int MOST_HOSTS = 1_000;

    private static final Set<String> DECIDERS = Set.of(Rollout.SERVICE, Rollout.CLIENT);

    public RolloutStatus {
        requireNonNull(policyId, "policy_id is missing");
        requireNonNull(state, "state is missing");
        requireNonNull(since, "since is missing");
        requireNonNull(canary, "canary is missing");
        requireNonNull(startedAt, "started_at is missing");
        Figures.requireVersion(version);
        Figures.requireCount(baseVersion, "base_version");
        Figures.requireCount(hostsTotal, "hosts_total");
        Figures.requireCount(canaryHosts, "canary_hosts");
        Figures.requireCount(acknowledged, "acknowledged");
        if (by != null) {
            Figures.requireWord(by, DECIDERS, "by");
        }
        hosts = Frozen.listOrEmpty(hosts, "hosts");
    }

    /**
     * A host of a rollout.
     *
     * @param desiredVersion what it is told to enforce; null for no version of this policy
     * @param loadedVersion what it has said to enforce; null when it has not said, or enforces none
     * @param acknowledgedAt when it said that it enforces the staged version, by the broker's clock; null when it has not
     * @param drops packets that rules of the staged version dropped there, as far as it was told
     * @param health one of the constants below; null for a host that is not watched
     * @param note what is wrong; null when nothing is
     */
    public record Host(
            HostId hostId,
            boolean canary,
            Long desiredVersion,
            Long loadedVersion,
            Instant acknowledgedAt,
            long drops,
            String health,
            String note) {
        /** It has not acknowledged yet. */
        public static final String WAITING = "waiting";
        /** It has acknowledged and is well, but not for long enough. */
        public static final String SOAKING = "soaking";
        /** It has been well for as long as asked. */
        public static final String HEALTHY = "healthy";
        /** A condition does not hold. */
        public static final String FAILING = "failing";

        private static final Set<String> WORDS = Set.of(WAITING, SOAKING, HEALTHY, FAILING);

        public Host {
            requireNonNull(hostId, "host_id is missing");
            Figures.requireVersionOrNull(desiredVersion);
            Figures.requireVersionOrNull(loadedVersion);
            Figures.requireCount(drops, "drops");
            if (health != null) {
                Figures.requireWord(health, WORDS, "health");
            }
        }
    }
}
