package io.aegisflux.segmentation.cli.terminal;

import io.aegisflux.segmentation.contracts.Verdict;

/** One sign for good, bad and in between; a word always stands beside it. */
public enum Glyph {
    YES("✔", Tone.GOOD),
    NO("✖", Tone.BAD),
    HALF("◐", Tone.CAUTION);

    private final String sign;
    private final Tone tone;

    Glyph(String sign, Tone tone) {
        this.sign = sign;
        this.tone = tone;
    }

    /** The sign and the word. */
    public Cell with(String word) {
        return new Cell(sign + " " + word, tone);
    }

    /** ✔ ALLOWED, ✖ DROPPED, ◐ AUDITED. */
    public static Cell of(Verdict verdict) {
        Glyph glyph = switch (verdict) {
            case ALLOWED -> YES;
            case DROPPED -> NO;
            case AUDITED -> HALF;
        };
        return glyph.with(verdict.name());
    }
}
