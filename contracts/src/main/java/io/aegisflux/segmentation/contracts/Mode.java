package io.aegisflux.segmentation.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Whether a policy decides, or only reports what it would have decided. */
public enum Mode {
    ENFORCE,
    AUDIT;

    /** As written on the wire: the name in lower case. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * @throws IllegalArgumentException when no constant is written so
     */
    @JsonCreator
    public static Mode of(String wireName) {
        return WireNames.constant(values(), Mode::wireName, wireName, "no mode");
    }
}
