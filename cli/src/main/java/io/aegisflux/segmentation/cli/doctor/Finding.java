package io.aegisflux.segmentation.cli.doctor;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * What a check found.
 *
 * @param host null where it is not about one
 * @param remedy null where none is needed
 */
public record Finding(@JsonProperty("code") Check check, String host, State state, String found, String remedy) {
    /** How a check ended. */
    public enum State {
        OK,
        /** It works, but not as it should. */
        WARNING,
        /** It does not work. */
        PROBLEM,
        /** It could not be told. */
        SKIPPED;

        @JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Finding {
        requireNonNull(check, "check is null");
        requireNonNull(state, "state is null");
        requireNonNull(found, "found is null");
    }

    /** All is well, not of a host. */
    public static Finding ok(Check check, String found) {
        return of(check, State.OK, found);
    }

    /** Of no host, with the remedy where one is needed. */
    public static Finding of(Check check, State state, String found) {
        return new Finding(
                check, null, state, found, state == State.WARNING || state == State.PROBLEM ? check.remedy() : null);
    }
}
