package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.FlowRecords;
import java.time.Duration;
import java.time.Instant;

/** Times that a host told by its own clock, which may be wrong, on the clock of the broker. */
public final class HostTime {
    private HostTime() {}

    /**
     * Records that end no later than the broker stored them: nothing is told before it is, so what ends later was dated by a
     * clock that is ahead, and by how much. What ends earlier may have waited in the agent for the broker to come back; it
     * cannot be told from what a clock made that is behind, and stays as it is.
     */
    public static FlowRecords notAhead(FlowRecords records, Instant storedAt) {
        if (!records.to().isAfter(storedAt)) {
            return records;
        }
        Duration ahead = Duration.between(storedAt, records.to());
        return new FlowRecords(
                records.hostId(),
                records.from().minus(ahead),
                storedAt,
                records.flows().stream()
                        .map(flow -> flow.with(flow.count(), flow.last().minus(ahead)))
                        .toList(),
                records.unrecorded(),
                records.complete());
    }
}
