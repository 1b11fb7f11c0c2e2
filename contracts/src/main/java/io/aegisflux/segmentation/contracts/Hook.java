package io.aegisflux.segmentation.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where in the kernel a verdict was made. */
public enum Hook {
    XDP,
    TC_INGRESS,
    TC_EGRESS,
    CONNECT4,
    CONNECT6;

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
    public static Hook of(String wireName) {
        return WireNames.constant(values(), Hook::wireName, wireName, "no hook");
    }
}
