package io.aegisflux.segmentation.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How the rollout of a staged version stands. */
public enum RolloutState {
    /** In force on the canary hosts, and watched there. */
    RUNNING,
    /** As running, but it is not promoted by itself. */
    PAUSED,
    /** In force everywhere. */
    PROMOTED,
    /** In force nowhere: the version before is back on the canary hosts. */
    ABORTED,
    /** A later version was published before it was decided. */
    SUPERSEDED;

    /** As written on the wire: the name in lower case. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it may still become something else. */
    public boolean isOpen() {
        return this == RUNNING || this == PAUSED;
    }

    /**
     * @throws IllegalArgumentException when no constant is written so
     */
    @JsonCreator
    public static RolloutState of(String wireName) {
        return WireNames.constant(values(), RolloutState::wireName, wireName, "no state of a rollout");
    }
}
