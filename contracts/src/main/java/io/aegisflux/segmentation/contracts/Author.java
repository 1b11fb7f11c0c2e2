package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * Who a publisher says to be: one line of 1 to 128 printable ASCII characters, without spaces at its ends. NATS headers
 * carry no others, and letters that only look like those of another name are none. A claim: NATS does not tell a subscriber
 * who published.
 */
public record Author(@JsonValue String value) {
    /** The longest name, in characters. */
    public static final int LONGEST = 128;

    static final Pattern FORM = Pattern.compile("[!-~]([ -~]{0,126}[!-~])?");

    /**
     * @throws IllegalArgumentException when the value is not of the form above
     */
    @JsonCreator
    public Author {
        requireNonNull(value, "value is null");
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "author %s is not 1 to %d printable ASCII characters on one line, without spaces at its ends"
                            .formatted(Quoted.shortened(value), LONGEST));
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
