package io.aegisflux.segmentation.cli.terminal;

/** What a piece of text means; its colour never says more than its words do. */
public enum Tone {
    PLAIN(""),
    GOOD("32"),
    BAD("31"),
    CAUTION("33"),
    FAINT("2"),
    HEADING("1");

    private final String code;

    Tone(String code) {
        this.code = code;
    }

    /** The text, with the escape sequences of ECMA-48 around it when colours are on. */
    public String paint(String text, boolean colors) {
        return colors && !code.isEmpty() && !text.isEmpty() ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
