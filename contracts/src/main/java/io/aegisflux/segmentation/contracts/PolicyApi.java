package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
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
    /** {@link ExplainRequest} → {@link PolicyExplanation}. */
    public static final String EXPLAIN = "explain";
    /** {@link PlanRequest} → {@link PolicyPlan}. */
    public static final String PLAN = "plan";
    /** {@link SuggestRequest} → {@link PolicySuggestion}. */
    public static final String SUGGEST = "suggest";
    /** {@link UnusedRequest} → {@link UnusedRules}. */
    public static final String UNUSED = "unused";
    /** An empty request → {@link HostsReply}. */
    public static final String HOSTS = "hosts";
    /** {@link LintRequest} → {@link LintReply}. */
    public static final String LINT = "lint";

    /** {@link RemoveHostRequest} → {@link HostRemoved}. */
    public static final String REMOVE_HOST = "remove_host";
    /** {@link WorkloadsRequest} → {@link WorkloadsReply}. */
    public static final String WORKLOADS = "workloads";

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
     * @param author who published it, as they said; null when they did not
     */
    public record VersionSummary(
            long version, String action, String digest, Instant storedAt, RolloutState rollout, Author author) {
        public VersionSummary {
            Figures.requireVersion(version);
            Figures.requireWord(action, StoredPolicy.ACTIONS, "action");
            requireNonNull(storedAt, "stored_at is missing");
            if (digest != null) {
                Digests.requireHex(digest, "digest");
            }
        }

        /** Of a version without an author that was in force on all hosts at once. */
        public VersionSummary(long version, String action, String digest, Instant storedAt) {
            this(version, action, digest, storedAt, null, null);
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

    /**
     * {@code explain}: what becomes of a packet on a host, and why; or of the packet that an event is about.
     *
     * @param hostId with an event, which need not name its host, it narrows the search down; null for any host
     * @param packet null with an event
     * @param eventId an {@link EventId}; null with a packet
     */
    public record ExplainRequest(HostId hostId, PacketTuple packet, EventId eventId) {
        public ExplainRequest {
            if ((packet == null) == (eventId == null)) {
                throw new IllegalArgumentException(
                        packet == null ? "packet is missing, or event_id" : "packet and event_id exclude each other");
            }
            if (packet != null) {
                requireNonNull(hostId, "host_id is missing");
            }
        }

        /** About a packet. */
        public ExplainRequest(HostId hostId, PacketTuple packet) {
            this(hostId, packet, null);
        }

        /** About the packet of an event. */
        public ExplainRequest(EventId eventId) {
            this(null, null, eventId);
        }
    }

    /**
     * {@code plan}: what a change of policies would have done to recorded connections.
     *
     * @param documents policies that would be published
     * @param deletions policies that would be deleted
     * @param from begin of the window whose records are replayed
     * @param to its end; null for now
     * @param rows how many flows of each part are listed at most, 0 to {@link #MOST}; null for {@link #DEFAULT}
     */
    public record PlanRequest(
            List<JsonNode> documents, List<PolicyId> deletions, Instant from, Instant to, Integer rows) {
        public static final int DEFAULT = 100;
        public static final int MOST = 1_000;

        public PlanRequest {
            documents = Frozen.listOrEmpty(documents, "documents");
            deletions = Frozen.listOrEmpty(deletions, "deletions");
            requireNonNull(from, "from is missing");
            Figures.requireOrder(from, to);
            for (JsonNode document : documents) {
                if (!document.isObject()) {
                    throw new IllegalArgumentException("documents holds what is no object: " + document.getNodeType());
                }
            }
            if (documents.isEmpty() && deletions.isEmpty()) {
                throw new IllegalArgumentException("neither documents nor deletions are given: nothing would change");
            }
            if (rows != null && (rows < 0 || rows > MOST)) {
                throw new IllegalArgumentException("rows is 0 to %d, not %d".formatted(MOST, rows));
            }
        }
    }

    /**
     * {@code suggest}: an allow list of the connections that hosts recorded.
     *
     * @param policyId that the suggestion gets
     * @param hosts globs of host ids, as {@code applies_to.hosts}
     * @param labels as {@code applies_to.labels}
     * @param direction INGRESS for who may reach these hosts (also when null), EGRESS for whom they may reach
     * @param byLabel key of the label by which workloads at the other end are named; null for {@link #DEFAULT_LABEL}
     * @param from begin of the window
     * @param to its end; null for now
     * @param covered also connections that an allow rule covers already; null for false
     */
    public record SuggestRequest(
            PolicyId policyId,
            List<String> hosts,
            Map<String, String> labels,
            Direction direction,
            String byLabel,
            Instant from,
            Instant to,
            Boolean covered) {
        public static final String DEFAULT_LABEL = "app";

        public SuggestRequest {
            requireNonNull(policyId, "policy_id is missing");
            requireNonNull(from, "from is missing");
            hosts = Frozen.listOrEmpty(hosts, "hosts");
            labels = Frozen.map(labels);
            direction = direction == null ? Direction.INGRESS : direction;
            byLabel = byLabel == null ? DEFAULT_LABEL : byLabel;
            covered = covered != null && covered;
            if (direction == Direction.BOTH) {
                throw new IllegalArgumentException("direction is ingress or egress, not both: ask twice");
            }
            Figures.requireOrder(from, to);
        }
    }

    /**
     * {@code unused}: rules that decided nothing for a while.
     *
     * @param since rules without a packet from then on are listed
     * @param policyId of this policy alone; null for all
     */
    public record UnusedRequest(Instant since, PolicyId policyId) {
        public UnusedRequest {
            requireNonNull(since, "since is missing");
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
     * @param addresses by which the host itself is known
     * @param lastReport when the broker took its last capability report: the host's own clock may be wrong
     */
    public record HostSummary(
            HostId hostId,
            long desiredEpoch,
            long desiredRevision,
            Map<String, String> labels,
            List<String> addresses,
            Instant lastReport) {
        public HostSummary {
            requireNonNull(hostId, "host_id is missing");
            requireNonNull(lastReport, "last_report is missing");
            Figures.requireCount(desiredEpoch, "desired_epoch");
            Figures.requireCount(desiredRevision, "desired_revision");
            labels = Frozen.map(labels);
            addresses = Frozen.listOrEmpty(addresses, "addresses");
            addresses.forEach(Addresses::parse);
        }
    }

    /** {@code remove_host}: forgets a host that is gone for good, with its labels, addresses and workloads. */
    public record RemoveHostRequest(HostId hostId) {
        public RemoveHostRequest {
            requireNonNull(hostId, "host_id is missing");
        }
    }

    /** {@code remove_host}: the host is forgotten, until it reports again. */
    public record HostRemoved(HostId hostId) {
        public HostRemoved {
            requireNonNull(hostId, "host_id is missing");
        }
    }

    /**
     * {@code workloads}: all that label conditions know, page by page.
     *
     * @param from the number of the first row; null for the beginning
     */
    public record WorkloadsRequest(Integer from) {
        public WorkloadsRequest {
            if (from != null) {
                Figures.requireCount(from, "from");
            }
        }
    }

    /**
     * {@code workloads}: a page, those of hosts first, each host's own row before what lives on it.
     *
     * @param next where the next page begins; null when this is the last
     */
    public record WorkloadsReply(List<WorkloadSummary> workloads, Integer next) {
        public WorkloadsReply {
            workloads = Frozen.list(workloads, "workloads");
            if (next != null) {
                Figures.requireCount(next, "next");
            }
        }
    }

    /**
     * A workload.
     *
     * @param name of the registry: its id; of a host itself: the host's id
     * @param hostId the host that reports it; null for one of the registry
     * @param expiresAt from when on it is gone; null for never
     */
    public record WorkloadSummary(
            String name, HostId hostId, Map<String, String> labels, List<String> addresses, Instant expiresAt) {
        public WorkloadSummary {
            requireNonNull(name, "name is missing");
            labels = Frozen.map(labels);
            addresses = Frozen.listOrEmpty(addresses, "addresses");
            addresses.forEach(Prefix::parse);
        }
    }

    /**
     * {@code lint}: what may not be meant so, of the stored policies or of candidates among them.
     *
     * @param documents policies that are judged in place of the stored ones of their ids, and alone; empty for those in the
     *     store
     * @param policyId the stored policy that is judged alone; null for all, and with documents
     */
    public record LintRequest(List<JsonNode> documents, PolicyId policyId) {
        public LintRequest {
            documents = Frozen.listOrEmpty(documents, "documents");
            documents.forEach(document -> {
                if (!document.isObject()) {
                    throw new IllegalArgumentException("documents holds policies, not " + document.getNodeType());
                }
            });
            if (!documents.isEmpty() && policyId != null) {
                throw new IllegalArgumentException("documents and policy_id are not given together");
            }
        }
    }

    /**
     * {@code lint}: what was found, and how much was looked at.
     *
     * @param findings warnings first; by policy, then in the order of the document; at most {@link #MOST}
     * @param findingsOmitted how many more there are
     * @param policies how many were judged
     * @param rules how many were judged, of these policies
     * @param rulesNotJudged how many of these nothing is known of in part: finding out whether they are shadowed, or
     *     contradict others, would have taken too long
     * @param hosts how many are known
     * @param workloads how many are known
     */
    public record LintReply(
            List<LintFinding> findings,
            int findingsOmitted,
            int policies,
            int rules,
            int rulesNotJudged,
            int hosts,
            int workloads) {
        /** So that the longest answer is a message still. */
        public static final int MOST = 500;

        public LintReply {
            findings = Frozen.list(findings, "findings");
            Figures.requireCount(findingsOmitted, "findings_omitted");
            Figures.requireCount(policies, "policies");
            Figures.requireCount(rules, "rules");
            Figures.requireCount(rulesNotJudged, "rules_not_judged");
            Figures.requireCount(hosts, "hosts");
            Figures.requireCount(workloads, "workloads");
        }
    }
}
