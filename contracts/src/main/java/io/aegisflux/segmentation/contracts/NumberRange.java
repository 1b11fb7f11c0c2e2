package io.aegisflux.segmentation.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whole numbers from {@code low} to {@code high}, both included, 0 to 65535: ports, protocols, ICMP types and codes. */
public record NumberRange(int low, int high) {
    private static final Pattern FORM = Pattern.compile("(0|[1-9][0-9]{0,4})(?:-(0|[1-9][0-9]{0,4}))?");

    public static final NumberRange ANY = new NumberRange(0, 0xFFFF);

    @JsonCreator(mode = JsonCreator.Mode.DISABLED) // there is one way to write it
    public NumberRange {
        if (low < 0 || high > 0xFFFF || low > high) {
            throw new IllegalArgumentException(
                    "no range from %d to %d: wanted 0 <= low <= high <= 65535".formatted(low, high));
        }
    }

    /**
     * Reads {@code "80"} or {@code "80-90"}, plain decimals without sign, space or leading zero.
     *
     * @throws IllegalArgumentException for anything else, and for numbers beyond 65535
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static NumberRange parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "%s is not a number or a range such as 80-90".formatted(Quoted.shortened(text)));
        }
        int low = Integer.parseInt(parts.group(1));
        return new NumberRange(low, parts.group(2) == null ? low : Integer.parseInt(parts.group(2)));
    }

    /** Whether the value lies between the ends or is one of them. */
    public boolean contains(int value) {
        return low <= value && value <= high;
    }

    @Override
    @JsonValue
    public String toString() {
        return low == high ? Integer.toString(low) : low + "-" + high;
    }
}
