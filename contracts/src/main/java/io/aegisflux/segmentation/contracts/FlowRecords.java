package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;

/**
 * The connections that a host saw in a while, allowed and refused, on {@code segmentation.flows.<host>}: what plan replays.
 * A while with many rows is several messages. A row without new connections is told at most every five minutes.
 *
 * @param from begin of the while
 * @param to its end
 * @param unrecorded connections and refused packets since the message before that are in no row, because there were too many
 *     or no broker was there
 * @param complete false when the table of connections was nearly full: short ones may have come and gone unseen
 */
public record FlowRecords(
        HostId hostId, Instant from, Instant to, List<FlowRecord> flows, long unrecorded, boolean complete) {
    /** Rows of one message at most. */
    public static final int MOST = 1_000;

    public FlowRecords {
        requireNonNull(hostId, "host_id is missing");
        requireNonNull(from, "from is missing");
        requireNonNull(to, "to is missing");
        flows = Frozen.list(flows, "flows");
        Figures.requireCount(unrecorded, "unrecorded");
    }
}
