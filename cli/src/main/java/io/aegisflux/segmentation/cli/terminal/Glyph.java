package io.aegisflux.segmentation.cli.terminal;

import io.aegisflux.segmentation.contracts.Verdict;

/** One sign for good, bad and in between; a word always stands beside it. */
public enum Glyph {
    YES("✔", "+", Tone.GOOD),
    NO("✖", "x", Tone.BAD),
    HALF("◐", "~", Tone.CAUTION);

    private final String unicode;
    private final String ascii;
    private final Tone tone;

    /** For terminals that can show more than ASCII, and for those that cannot. */
    public enum Face {
        UNICODE,
        ASCII
    }

    Glyph(String unicode, String ascii, Tone tone) {
        this.unicode = unicode;
        this.ascii = ascii;
        this.tone = tone;
    }

    /** The sign and the word. */
    public Cell with(String word, Face face) {
        return new Cell((face == Face.UNICODE ? unicode : ascii) + " " + word, tone);
    }

    /** ✔ ALLOWED, ✖ DROPPED, ◐ AUDITED. */
    public static Cell of(Verdict verdict, Face face) {
        Glyph glyph = switch (verdict) {
            case ALLOWED -> YES;
            case DROPPED -> NO;
            case AUDITED -> HALF;
        };
        return glyph.with(verdict.name(), face);
    }
}
