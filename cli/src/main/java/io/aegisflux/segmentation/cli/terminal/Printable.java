package io.aegisflux.segmentation.cli.terminal;

import java.util.regex.Pattern;

/** Text of others on a terminal: without control characters it can neither move the cursor nor change colours. */
public final class Printable {
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]");

    private Printable() {}

    /** The text on one line; each control or direction-changing character is a {@code ?}. */
    public static String of(String text) {
        return CONTROL.matcher(text).replaceAll("?");
    }
}
