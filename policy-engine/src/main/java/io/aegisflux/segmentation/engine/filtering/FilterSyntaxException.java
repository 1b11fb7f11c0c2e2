package io.aegisflux.segmentation.engine.filtering;

/** A text that is no filter. */
public final class FilterSyntaxException extends Exception {
    private final int position;
    private final String remedy;

    FilterSyntaxException(int position, String message, String remedy) {
        super(message);
        this.position = position;
        this.remedy = remedy;
    }

    /** How many UTF-16 units of the text stand before what is wrong. */
    public int position() {
        return position;
    }

    /** What to write instead. */
    public String remedy() {
        return remedy;
    }
}
