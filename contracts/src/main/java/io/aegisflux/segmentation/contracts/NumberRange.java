package io.aegisflux.segmentation.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Whole numbers from {@code low} to {@code high}, both included, 0 to 65535: ports, protocols, ICMP types and codes. */
public record NumberRange(int low, int high) {
    public static final NumberRange ANY = new NumberRange(0, 0xFFFF);

    public NumberRange {
        if (low < 0 || high > 0xFFFF || low > high) {
            throw new IllegalArgumentException("no range from %d to %d".formatted(low, high));
        }
    }

    /** Written {@code "80"} or {@code "80-90"}. */
    @JsonCreator
    public static NumberRange parse(String text) {
        int dash = text.indexOf('-');
        return dash < 0
                ? new NumberRange(Integer.parseInt(text), Integer.parseInt(text))
                : new NumberRange(
                        Integer.parseInt(text.substring(0, dash)), Integer.parseInt(text.substring(dash + 1)));
    }

    public boolean contains(int value) {
        return low <= value && value <= high;
    }

    @Override
    @JsonValue
    public String toString() {
        return low == high ? Integer.toString(low) : low + "-" + high;
    }
}
