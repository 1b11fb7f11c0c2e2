package io.aegisflux.segmentation.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * What a rule does: {@link #ALLOW}, {@link #DENY} and {@link #RATE_LIMIT} end the search, {@link #LOG} and {@link #MARK} act
 * and go on.
 */
public enum Action {
    /** Reports the packet and goes on. */
    LOG,
    /** Sets the packet's mark or its DSCP and goes on. */
    MARK,
    /** Drops the packet or refuses the connection. */
    DENY,
    /** Lets the packet pass up to a rate, and drops it beyond. */
    RATE_LIMIT,
    /** Lets the packet pass. */
    ALLOW;

    /** Whether it says what becomes of the packet; else it acts and goes on. */
    public boolean decides() {
        return this != LOG && this != MARK;
    }

    /** As written on the wire: the name in lower case. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * @throws IllegalArgumentException when no constant is written so
     */
    @JsonCreator
    public static Action of(String wireName) {
        return WireNames.constant(values(), Action::wireName, wireName, "no action");
    }
}
