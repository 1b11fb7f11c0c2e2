package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.FlowRecord;
import io.aegisflux.segmentation.contracts.FlowRecords;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.Verdict;
import java.time.Instant;
import java.util.List;

/** What host-a recorded. */
public final class RecordedFlows {
    private RecordedFlows() {}

    /** One flow, seen in the ten seconds before. */
    public static FlowRecords until(Instant to) {
        return new FlowRecords(
                new HostId("host-a"),
                to.minusSeconds(10),
                to,
                List.of(new FlowRecord(
                        Direction.INGRESS,
                        "10.0.0.1",
                        null,
                        "10.0.0.2",
                        443,
                        "tcp",
                        null,
                        null,
                        "eth0",
                        Verdict.ALLOWED,
                        Reason.POSTURE,
                        null,
                        null,
                        null,
                        3,
                        to.minusSeconds(4))),
                0,
                true);
    }
}
