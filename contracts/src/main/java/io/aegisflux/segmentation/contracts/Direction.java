package io.aegisflux.segmentation.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Seen from the host: {@link #INGRESS} comes in, {@link #EGRESS} goes out. */
public enum Direction {
    INGRESS,
    EGRESS,
    BOTH;

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
    public static Direction of(String wireName) {
        return WireNames.constant(values(), Direction::wireName, wireName, "no direction");
    }
}
