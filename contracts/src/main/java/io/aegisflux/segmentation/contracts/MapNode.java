package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Map;

/**
 * Someone on the map.
 *
 * @param id what edges name it by: {@code <kind>:<name>}
 * @param labels of a group the one that it stands for
 * @param members of a group how many nodes it stands for, else 1
 */
public record MapNode(String id, Kind kind, String name, Map<String, String> labels, long members) {
    /** What a node is. */
    public enum Kind {
        HOST,
        WORKLOAD,
        /** An address of which nothing is known. */
        ADDRESS,
        /** All nodes that have a label. */
        GROUP,
        /** All that found no place. */
        OTHER,
        /** The hook cannot know the address. */
        UNKNOWN;

        /** As written on the wire: the name in lower case. */
        @JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        /**
         * @throws IllegalArgumentException when no constant is written so
         */
        @JsonCreator
        public static Kind of(String wireName) {
            return WireNames.constant(values(), Kind::wireName, wireName, "no kind of node");
        }
    }

    public MapNode {
        requireNonNull(id, "id is missing");
        requireNonNull(kind, "kind is missing");
        requireNonNull(name, "name is missing");
        labels = Frozen.map(labels);
        if (members < 1) {
            throw new IllegalArgumentException("members count from 1, not " + members);
        }
    }
}
