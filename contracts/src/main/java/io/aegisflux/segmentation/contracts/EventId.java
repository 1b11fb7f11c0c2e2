package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.regex.Pattern;

/**
 * The id of a {@link FlowEvent}: a ULID (github.com/ulid/spec), 26 characters of Crockford's base 32. The first ten tell the
 * millisecond of the decision by the host's clock; nothing in it tells the host.
 */
public record EventId(@JsonValue String value) {
    private static final String DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final Pattern FORM = Pattern.compile("[0-7][%s]{25}".formatted(DIGITS));
    private static final int TIME_DIGITS = 10;

    /**
     * @throws IllegalArgumentException when the value is not of that form
     */
    @JsonCreator
    public EventId {
        requireNonNull(value, "value is null");
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "event id %s is not of the form %s, as 'segctl events' shows it behind id="
                            .formatted(Quoted.shortened(value), FORM.pattern()));
        }
    }

    /** When the decision was made, to the millisecond. */
    public Instant time() {
        long millis = 0;
        for (int i = 0; i < TIME_DIGITS; i++) {
            millis = millis << 5 | DIGITS.indexOf(value.charAt(i));
        }
        return Instant.ofEpochMilli(millis);
    }

    @Override
    public String toString() {
        return value;
    }
}
