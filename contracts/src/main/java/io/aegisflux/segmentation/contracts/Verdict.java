package io.aegisflux.segmentation.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What became of a packet or connection. */
public enum Verdict {
    ALLOWED,
    DROPPED,
    /** Passed, but an audit policy would have dropped it. */
    AUDITED;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** As written on the wire: the name in lower case. */
    @JsonValue
    public String wireName() {
        return wireName;
    }

    /**
     * @throws IllegalArgumentException when no constant is written so
     */
    @JsonCreator
    public static Verdict of(String wireName) {
        return WireNames.constant(values(), Verdict::wireName, wireName, "no verdict");
    }
}
