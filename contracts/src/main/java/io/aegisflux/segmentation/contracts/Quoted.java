package io.aegisflux.segmentation.contracts;

/** Text from outside, made safe and short for an error message. */
final class Quoted {
    private static final int SHOWN = 80;

    private Quoted() {}

    static String shortened(String text) {
        String head = text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
        return '"' + head.replaceAll("\\p{Cntrl}", "?") + '"';
    }
}
