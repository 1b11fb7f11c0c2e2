package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * The id of a host: one NATS subject token of 1 to 63 characters from {@code a-z}, {@code 0-9} and {@code -} that
 * starts with a letter or digit. Dots and wildcards would change the meaning of a subject, so they cannot be written.
 */
public record HostId(@JsonValue String value) {
    static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    /**
     * @throws IllegalArgumentException when the value is not a single subject token of the form above
     */
    @JsonCreator
    public HostId {
        requireNonNull(value, "value is null");
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "host id %s is not of the form %s".formatted(Quoted.shortened(value), FORM.pattern()));
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
