package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.HostId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The revisions that policy-service desires, as it last answered. */
final class DesiredRevisions {
    private long highest;
    private Map<HostId, Long> ofHosts = Map.of();

    void highest(long revision) {
        highest = revision;
    }

    void ofHosts(Map<HostId, Long> revisions) {
        ofHosts = Map.copyOf(revisions);
    }

    /** Null for a host of which nothing is desired. */
    Long of(HostId host) {
        return ofHosts.get(host);
    }

    /** The families; hosts that are gone have none here either. */
    List<Family> families(List<KnownHost> hosts) {
        Family.Builder desired = Family.gauge(
                "segmentation_desired_policy_revision",
                "The highest revision that policy-service desires of a host, as it last answered.");
        if (highest > 0) {
            desired.add(highest);
        }
        Family.Builder ofEach = Family.gauge(
                "segmentation_node_desired_policy_revision",
                "The revision that policy-service desires of the host, as it last answered.",
                "host");
        hosts.stream()
                .map(KnownHost::id)
                .filter(ofHosts::containsKey)
                .sorted(Comparator.comparing(HostId::value))
                .forEach(host -> ofEach.add(ofHosts.get(host), host.value()));
        return List.of(desired.build(), ofEach.build());
    }
}
