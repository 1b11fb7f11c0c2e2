package io.aegisflux.segmentation.agent.domain;

import io.aegisflux.segmentation.contracts.FlowRecord;
import java.util.List;

/**
 * The connections that passed a while.
 *
 * @param flows connections that are alike for a policy are one
 * @param complete false when the kernel had little room for more, so that short ones may have come and gone unseen
 */
public record FlowSample(List<FlowRecord> flows, boolean complete) {
    public static final FlowSample NONE = new FlowSample(List.of(), true);

    public FlowSample {
        flows = List.copyOf(flows);
    }
}
