package io.aegisflux.segmentation.engine.filtering;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a term of a filter speaks of. */
public enum FilterKey {
    HOST(false),
    /** The source, by address, label or name. */
    FROM(false),
    /** The destination, as {@link #FROM}. */
    TO(false),
    /** Either end, as {@link #FROM}. */
    ANY(false),
    IP(true),
    WORKLOAD(true),
    LABEL(true),
    PORT(true),
    PROTOCOL(false),
    VERDICT(false),
    REASON(false),
    POLICY(false),
    RULE(false),
    DIRECTION(false);

    private final boolean sided;

    FilterKey(boolean sided) {
        this.sided = sided;
    }

    /** Whether {@code from.} and {@code to.} may stand before it. */
    public boolean isSided() {
        return sided;
    }

    /** As it is written: the name in lower case. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<FilterKey> of(String word) {
        return Arrays.stream(values()).filter(key -> key.word().equals(word)).findFirst();
    }

    static String words() {
        return Arrays.stream(values()).map(FilterKey::word).collect(Collectors.joining(", "));
    }
}
