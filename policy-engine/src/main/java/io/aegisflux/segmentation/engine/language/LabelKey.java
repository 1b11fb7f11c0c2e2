package io.aegisflux.segmentation.engine.language;

import java.util.regex.Pattern;

/** What the key of a label looks like, on workloads and hosts as in policies. */
public final class LabelKey {
    /** The form in words, for hints. */
    public static final String IN_WORDS =
            "1 to 128 letters, digits, '.', '_', '/' and '-', a letter or digit first and last";

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._/-]{0,126}[A-Za-z0-9])?");

    private LabelKey() {}

    public static boolean isValid(String key) {
        return FORM.matcher(key).matches();
    }
}
