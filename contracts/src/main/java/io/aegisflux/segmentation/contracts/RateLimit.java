package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * The rate up to which {@link Action#RATE_LIMIT} lets pass, as a token bucket that holds what one second fills.
 *
 * @param perSecond 1 to {@link #HIGHEST}
 * @param of what takes a token
 * @param per what has a bucket of its own
 */
public record RateLimit(long perSecond, Of of, Per per) {
    public static final long HIGHEST = 10_000_000;

    public RateLimit {
        requireNonNull(of, "of is missing");
        requireNonNull(per, "per is missing");
        if (perSecond < 1 || perSecond > HIGHEST) {
            throw new IllegalArgumentException("per_second is 1 to %d, not %d".formatted(HIGHEST, perSecond));
        }
    }

    /** What takes a token. */
    public enum Of {
        /** Every packet that goes the way of its flow's first one; what answers is not counted. */
        PACKETS,
        /** The first packet of a flow. */
        CONNECTIONS;

        /** As written on the wire: the name in lower case. */
        @JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        /**
         * @throws IllegalArgumentException when no constant is written so
         */
        @JsonCreator
        public static Of of(String wireName) {
            return WireNames.constant(values(), Of::wireName, wireName, "nothing to count");
        }
    }

    /** What has a bucket of its own. */
    public enum Per {
        /** The rule. */
        RULE,
        /** Each source address of the rule; of IPv6, each network of 64 bits. */
        SOURCE;

        /** As written on the wire: the name in lower case. */
        @JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        /**
         * @throws IllegalArgumentException when no constant is written so
         */
        @JsonCreator
        public static Per of(String wireName) {
            return WireNames.constant(values(), Per::wireName, wireName, "nothing with a bucket");
        }
    }
}
