package io.aegisflux.segmentation.agent.domain;

import io.aegisflux.segmentation.contracts.DesiredState;

/** What the gate says of a message. */
public sealed interface GateVerdict {
    /** Proven, for this host and newer than all before: to be applied. */
    record Accepted(DesiredState state) implements GateVerdict {}

    /** Proven, and the one that was accepted last. */
    record Unchanged(DesiredState state) implements GateVerdict {}

    /** Not to be applied. */
    record Refused(Refusal refusal) implements GateVerdict {}
}
