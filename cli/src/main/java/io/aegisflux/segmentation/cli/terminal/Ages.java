package io.aegisflux.segmentation.cli.terminal;

import java.time.Duration;
import java.time.Instant;

/** Times as people say them. */
public final class Ages {
    private Ages() {}

    /** "just now", "8 s ago", "3 m ago", "2 h ago", "5 d ago"; the future counts as now. */
    public static String ago(Instant then, Instant now) {
        long seconds = Duration.between(then, now).toSeconds();
        return seconds < 1 ? "just now" : of(Duration.ofSeconds(seconds)) + " ago";
    }

    /** "8 s", "3 m", "2 h", "5 d". */
    public static String of(Duration age) {
        if (age.toSeconds() < 120) {
            return age.toSeconds() + " s";
        }
        if (age.toMinutes() < 120) {
            return age.toMinutes() + " m";
        }
        return age.toHours() < 48 ? age.toHours() + " h" : age.toDays() + " d";
    }
}
