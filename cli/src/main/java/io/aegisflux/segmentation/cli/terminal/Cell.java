package io.aegisflux.segmentation.cli.terminal;

import static java.util.Objects.requireNonNull;

/** A piece of text with its meaning. What came from the network is made harmless to a terminal here. */
public record Cell(String text, Tone tone) {
    public Cell {
        text = Printable.of(requireNonNull(text, "text is null"));
        requireNonNull(tone, "tone is null");
    }

    public static Cell of(String text) {
        return new Cell(text, Tone.PLAIN);
    }

    public static Cell of(long number) {
        return of(Long.toString(number));
    }

    /** For what is not there. */
    public static Cell none() {
        return new Cell("–", Tone.FAINT);
    }

    int width() {
        return text.codePointCount(0, text.length());
    }

    String padded(int width, boolean right, boolean colors) {
        String padding = " ".repeat(Math.max(0, width - width()));
        String painted = tone.paint(text, colors);
        return right ? padding + painted : painted + padding;
    }
}
