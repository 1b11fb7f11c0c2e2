package io.aegisflux.segmentation.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How sure it is that a {@link LintFinding} wants mending. */
public enum LintSeverity {
    /** Worth mending before it is published. */
    WARNING,
    /** True of the hosts and workloads that are known now; it may end by itself when others come. */
    INFO;

    /** As written on the wire: the name in lower case. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * @throws IllegalArgumentException when no constant is written so
     */
    @JsonCreator
    public static LintSeverity of(String wireName) {
        return WireNames.constant(values(), LintSeverity::wireName, wireName, "no severity");
    }
}
