package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.FlowRow;
import io.aegisflux.segmentation.contracts.Verdict;
import java.time.Instant;

/**
 * Which rows count, so that nothing counts twice. Events tell of each drop and of what an audit policy would have dropped;
 * records tell of each connection that was allowed, and of drops again. Two hosts record a connection between them: the one
 * that it goes to counts.
 */
public final class Counting {
    private Counting() {}

    /**
     * Whether a row tells something that no other does.
     *
     * @param eventsSince from when on there are events; what hosts recorded as dropped before is all that is known of it
     */
    public static boolean tells(FlowRow row, Instant eventsSince) {
        return row.eventId() != null
                || row.verdict() == Verdict.ALLOWED
                || row.last().isBefore(eventsSince);
    }

    /** Whether a row that tells something counts in sums. */
    static boolean counts(FlowRow row, Names names) {
        if (row.verdict() != Verdict.ALLOWED) {
            return true;
        }
        boolean recorded = row.eventId() == null;
        return recorded
                && !(row.direction() == Direction.EGRESS
                        && names.of(row.dest().ip()).agent());
    }
}
