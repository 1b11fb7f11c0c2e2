package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Requests and answers of {@code segmentation.api.policy.*}. */
public final class PolicyApi {
    /** The service's word in the subjects. */
    public static final String SERVICE = "policy";

    /** {@link GetRequest} → {@link StoredPolicy}. */
    public static final String GET = "get";
    /** An empty request → {@link ListReply}. */
    public static final String LIST = "list";
    /** {@link EvaluateRequest} → {@link Decision}. */
    public static final String EVALUATE = "evaluate";
    /** {@link HistoryRequest} → {@link HistoryReply}. */
    public static final String HISTORY = "history";
    /** An empty request → {@link HostsReply}. */
    public static final String HOSTS = "hosts";

    /** {@link RolloutRequest} → {@link RolloutStatus}. */
    public static final String ROLLOUT = "rollout";
    /** {@link RolloutChange} → {@link RolloutStatus}. */
    public static final String ROLLOUT_CHANGE = "rollout_change";
    /** An empty request → {@link RolloutList}. */
    public static final String ROLLOUTS = "rollouts";

    private PolicyApi() {}

    /**
     * {@code get}.
     *
     * @param version null for the latest
     */
    public record GetRequest(PolicyId policyId, Long version) {
        public GetRequest {
            requireNonNull(policyId, "policy_id is missing");
            Figures.requireVersionOrNull(version);
        }
    }

    /**
     * {@code history}.
     *
     * @param limit how many versions at most, 1 to {@link #MOST}; null for {@link #DEFAULT}
     */
    public record HistoryRequest(PolicyId policyId, Integer limit) {
        public static final int DEFAULT = 50;
        public static final int MOST = 1_000;

        public HistoryRequest {
            requireNonNull(policyId, "policy_id is missing");
            if (limit != null && (limit < 1 || limit > MOST)) {
                throw new IllegalArgumentException("limit is 1 to %d, not %d".formatted(MOST, limit));
            }
        }
    }

    /** {@code history}: the latest versions, the last one first. */
    public record HistoryReply(PolicyId policyId, List<VersionSummary> versions) {
        public HistoryReply {
            requireNonNull(policyId, "policy_id is missing");
            versions = Frozen.list(versions, "versions");
        }
    }

    /**
     * A version without its document.
     *
     * @param action created, updated or deleted
     * @param digest null for a deletion
     * @param rollout what became of a staged version; null for one that was in force on all hosts at once
     */
    public record VersionSummary(long version, String action, String digest, Instant storedAt, RolloutState rollout) {
        public VersionSummary {
            Figures.requireVersion(version);
            Figures.requireWord(action, StoredPolicy.ACTIONS, "action");
            requireNonNull(storedAt, "stored_at is missing");
            if (digest != null) {
                Digests.requireHex(digest, "digest");
            }
        }

        /** Of a version that was in force on all hosts at once. */
        public VersionSummary(long version, String action, String digest, Instant storedAt) {
            this(version, action, digest, storedAt, null);
        }
    }

    /** {@code list}: every policy that is not deleted. */
    public record ListReply(List<Summary> policies, long epoch, long revision) {
        public ListReply {
            policies = Frozen.list(policies, "policies");
            Figures.requireCount(epoch, "epoch");
            Figures.requireCount(revision, "revision");
        }
    }

    /**
     * A row of the list. While a version is staged, the row is of the version that the other hosts have, unless there is
     * none.
     *
     * @param rollout of the staged version; null when the latest version is in force on all hosts
     */
    public record Summary(
            PolicyId policyId,
            long version,
            String name,
            String type,
            int priority,
            boolean enabled,
            Mode mode,
            int rules,
            Instant storedAt,
            Staged rollout) {
        public Summary {
            requireNonNull(policyId, "policy_id is missing");
            requireNonNull(name, "name is missing");
            requireNonNull(type, "type is missing");
            requireNonNull(mode, "mode is missing");
            requireNonNull(storedAt, "stored_at is missing");
            Figures.requireVersion(version);
            Figures.requireCount(priority, "priority");
            Figures.requireCount(rules, "rules");
        }

        /** Of a policy whose latest version is in force on all hosts. */
        public Summary(
                PolicyId policyId,
                long version,
                String name,
                String type,
                int priority,
                boolean enabled,
                Mode mode,
                int rules,
                Instant storedAt) {
            this(policyId, version, name, type, priority, enabled, mode, rules, storedAt, null);
        }
    }

    /** A staged version and how its rollout stands: running, paused or aborted. */
    public record Staged(long version, RolloutState state) {
        public Staged {
            requireNonNull(state, "state is missing");
            Figures.requireVersion(version);
        }
    }

    /** {@code evaluate}: what the stored policies decide on a host about a packet. */
    public record EvaluateRequest(HostId hostId, PacketTuple packet) {
        public EvaluateRequest {
            requireNonNull(hostId, "host_id is missing");
            requireNonNull(packet, "packet is missing");
        }
    }

    /** {@code hosts}: known hosts and the revision desired of each. */
    public record HostsReply(List<HostSummary> hosts) {
        public HostsReply {
            hosts = Frozen.list(hosts, "hosts");
        }
    }

    /**
     * A known host.
     *
     * @param desiredEpoch 0 while nothing was computed for it
     * @param desiredRevision 0 while nothing was computed for it
     * @param lastReport when its last capability report was made
     */
    public record HostSummary(
            HostId hostId, long desiredEpoch, long desiredRevision, Map<String, String> labels, Instant lastReport) {
        public HostSummary {
            requireNonNull(hostId, "host_id is missing");
            requireNonNull(lastReport, "last_report is missing");
            Figures.requireCount(desiredEpoch, "desired_epoch");
            Figures.requireCount(desiredRevision, "desired_revision");
            labels = Frozen.map(labels);
        }
    }
}
