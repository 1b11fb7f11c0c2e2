package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.PolicyPlan.Doubt;
import io.aegisflux.segmentation.contracts.PolicyPlan.Unjudged;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Sums up flows that no verdict could be found for, by reason. For one thread. */
final class Doubts {
    private final Map<Doubt, FlowTally> tallies = new EnumMap<>(Doubt.class);

    /** Those with this reason, to be added to. */
    FlowTally of(Doubt doubt) {
        return tallies.computeIfAbsent(doubt, ignored -> new FlowTally());
    }

    List<Unjudged> list() {
        return tallies.entrySet().stream()
                .map(it -> new Unjudged(it.getKey(), it.getValue().total()))
                .toList();
    }
}
