package io.aegisflux.segmentation.engine.filtering;

import io.aegisflux.segmentation.contracts.Addresses;
import io.aegisflux.segmentation.contracts.FlowEnd;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Prefix;

/** One of the values of a term; its text is the one form in which it is written. */
sealed interface FilterValue {
    /** Whether an end of a flow is meant; false for a value that speaks of no end. */
    default boolean matches(FlowEnd end) {
        return false;
    }

    /**
     * A text, whole or its begin.
     *
     * @param open whether more may follow
     */
    record Text(String text, boolean open) implements FilterValue {
        boolean matches(String candidate) {
            return candidate != null && (open ? candidate.startsWith(text) : candidate.equals(text));
        }

        @Override
        public boolean matches(FlowEnd end) {
            return matches(end.workload());
        }

        @Override
        public String toString() {
            return Lexeme.written(text) + (open ? "*" : "");
        }
    }

    /** The name of a workload where an address or a label could stand too. */
    record Name(Text text) implements FilterValue {
        @Override
        public boolean matches(FlowEnd end) {
            return text.matches(end);
        }

        @Override
        public String toString() {
            boolean bare = !text.text().contains("=") && !Lexeme.looksLikeAddress(text.text());
            return bare ? text.toString() : Lexeme.quoted(text.text()) + (text.open() ? "*" : "");
        }
    }

    /** Addresses. */
    record Network(Prefix prefix) implements FilterValue {
        @Override
        public boolean matches(FlowEnd end) {
            return end.ip() != null && prefix.contains(Addresses.parse(end.ip()));
        }

        @Override
        public String toString() {
            boolean single = prefix.length() == prefix.address().length * 8;
            return single ? Addresses.format(prefix.address()) : prefix.toString();
        }
    }

    /**
     * A label.
     *
     * @param value null for any
     */
    record Label(String key, Text value) implements FilterValue {
        @Override
        public boolean matches(FlowEnd end) {
            String there = end.labels().get(key);
            return there != null && (value == null || value.matches(there));
        }

        @Override
        public String toString() {
            return value == null
                    ? Lexeme.written(key)
                    : Lexeme.written(key + "=" + value.text) + (value.open() ? "*" : "");
        }
    }

    /** Ports from the first to the last. */
    record Ports(int first, int last) implements FilterValue {
        boolean contains(Integer port) {
            return port != null && port >= first && port <= last;
        }

        @Override
        public String toString() {
            return first == last ? Integer.toString(first) : first + "-" + last;
        }
    }

    /**
     * A policy.
     *
     * @param version null for any
     */
    record PolicyVersion(Text id, Long version) implements FilterValue {
        boolean matches(PolicyId policy, Long itsVersion) {
            return policy != null && id.matches(policy.value()) && (version == null || version.equals(itsVersion));
        }

        @Override
        public String toString() {
            return version == null ? id.toString() : id + "@" + version;
        }
    }
}
