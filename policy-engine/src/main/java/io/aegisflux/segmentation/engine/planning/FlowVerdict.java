package io.aegisflux.segmentation.engine.planning;

import io.aegisflux.segmentation.contracts.Decision;
import io.aegisflux.segmentation.contracts.PolicyPlan.Doubt;

/** What a table says of a recorded flow. */
public sealed interface FlowVerdict {
    /** Every connection that the record may stand for meets with this. */
    record Judged(Decision decision) implements FlowVerdict {}

    /** The connections that it may stand for would not meet with the same. */
    record Doubtful(Doubt doubt) implements FlowVerdict {}
}
