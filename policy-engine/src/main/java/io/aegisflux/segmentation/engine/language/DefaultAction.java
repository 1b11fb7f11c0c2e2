package io.aegisflux.segmentation.engine.language;

import java.util.Locale;

/** What a policy does with a packet that no rule of any applying policy decided. */
public enum DefaultAction {
    ALLOW,
    DENY,
    /** Leaves it to the next policy, and at last to the host's posture. */
    NONE;

    /** As written in a document: the name in lower case. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
