package io.aegisflux.segmentation.engine.language;

import java.util.List;
import java.util.Locale;

/** What kind of activity a policy is about. */
public enum PolicyType {
    NETWORK;

    /** Words that are reserved for what no host can enforce yet. */
    public static final List<String> RESERVED = List.of("process", "file", "syscall");

    /** As written in a document: the name in lower case. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
