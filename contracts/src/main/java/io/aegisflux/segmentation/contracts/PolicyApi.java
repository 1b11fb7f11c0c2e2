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
    /** An empty request → {@link HostsReply}. */
    public static final String HOSTS = "hosts";

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

    /** {@code list}: every policy that is not deleted. */
    public record ListReply(List<Summary> policies, long epoch, long revision) {
        public ListReply {
            policies = Frozen.list(policies, "policies");
            Figures.requireCount(epoch, "epoch");
            Figures.requireCount(revision, "revision");
        }
    }

    /** A row of the list. */
    public record Summary(
            PolicyId policyId,
            long version,
            String name,
            String type,
            int priority,
            boolean enabled,
            Mode mode,
            int rules,
            Instant storedAt) {
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
