package io.aegisflux.segmentation.contracts;

/** Text from outside, made safe and short for an error message: no controls, no direction marks, no half characters. */
public final class Quoted {
    private static final int SHOWN = 80;

    private Quoted() {}

    /** In quotation marks, at most 80 characters of it. */
    public static String shortened(String text) {
        return '"' + cleaned(text, SHOWN) + '"';
    }

    /** At most this many characters of it. */
    public static String cleaned(String text, int shown) {
        String head = text.length() > shown ? text.substring(0, shown) + "…" : text;
        return head.replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]", "?");
    }
}
