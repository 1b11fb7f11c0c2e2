package io.aegisflux.segmentation.contracts;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Requests and answers of {@code segmentation.api.policy.*}. */
public final class PolicyApi {
    private PolicyApi() {}

    /** {@code get}: the latest version, or the given one. */
    public record GetRequest(PolicyId policyId, Long version) {}

    /** {@code list}: every policy that is not deleted. */
    public record ListReply(List<Summary> policies, long epoch, long revision) {
        public ListReply {
            policies = List.copyOf(policies);
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
            Instant storedAt) {}

    /** {@code evaluate}: what the stored policies decide on a host about a packet. */
    public record EvaluateRequest(HostId hostId, PacketTuple packet) {}

    /** {@code hosts}: known hosts and the revision desired of each. */
    public record HostsReply(List<HostSummary> hosts) {
        public HostsReply {
            hosts = List.copyOf(hosts);
        }
    }

    public record HostSummary(
            HostId hostId, long desiredEpoch, long desiredRevision, Map<String, String> labels, Instant lastReport) {}
}
