package io.aegisflux.segmentation.contracts;

import java.util.Map;

/**
 * One end of a flow, and what is known of its address.
 *
 * @param ip null where the hook cannot know it
 * @param workload the workload or host that has the address; null when none is known
 * @param labels of everything that is known to have the address
 */
public record FlowEnd(String ip, String workload, Map<String, String> labels) {
    public FlowEnd {
        labels = Frozen.map(labels);
    }

    /** An address of which nothing is known yet; null where the hook cannot know it. */
    public static FlowEnd of(String ip) {
        return new FlowEnd(ip, null, Map.of());
    }
}
