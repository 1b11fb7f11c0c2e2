package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * The id of a workload of the registry: one NATS subject token of 1 to 128 characters from {@code A-Z}, {@code a-z},
 * {@code 0-9}, {@code _} and {@code -} that starts with a letter or digit.
 */
public record WorkloadId(@JsonValue String value) {
    static final Pattern FORM = PolicyId.FORM;

    /**
     * @throws IllegalArgumentException when the value is not a single subject token of the form above
     */
    @JsonCreator
    public WorkloadId {
        requireNonNull(value, "value is null");
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "workload id %s is not of the form %s".formatted(Quoted.shortened(value), FORM.pattern()));
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
