package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.FlowRecord;
import io.aegisflux.segmentation.contracts.PolicyPlan.Total;
import java.time.Instant;

/** Sums flows up. For one thread. */
final class FlowTally {
    private long distinct;
    private long connections;
    private Instant last = Instant.EPOCH;

    void add(FlowRecord flow) {
        add(new Total(1, flow.count()));
        last = flow.last().isAfter(last) ? flow.last() : last;
    }

    void add(Total flows) {
        distinct += flows.distinct();
        connections += flows.connections();
    }

    void add(FlowTally other) {
        add(other.total());
        last = other.last.isAfter(last) ? other.last : last;
    }

    Total total() {
        return new Total(distinct, connections);
    }

    /** When the last of them was seen; the epoch when there is none. */
    Instant last() {
        return last;
    }
}
