package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.FlowRecord;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.engine.planning.RecordedFlows;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The addresses of hosts, as their flows show them: where connections begin that leave a host, and end that reach it, are
 * addresses of its own or of those behind it.
 */
final class OwnAddresses {
    private final Map<HostId, Set<String>> addresses = new HashMap<>();

    static OwnAddresses in(RecordedFlows flows) {
        OwnAddresses own = new OwnAddresses();
        flows.forEach(own::learn);
        return own;
    }

    /** In the order in which they were seen. */
    List<String> of(HostId host) {
        return List.copyOf(addresses.getOrDefault(host, Set.of()));
    }

    private void learn(HostId host, FlowRecord flow) {
        String own = flow.direction() == Direction.EGRESS ? flow.sourceIp() : flow.destIp();
        if (own != null) {
            addresses.computeIfAbsent(host, ignored -> new LinkedHashSet<>()).add(own);
        }
    }
}
