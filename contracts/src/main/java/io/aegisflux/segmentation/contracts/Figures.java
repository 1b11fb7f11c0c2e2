package io.aegisflux.segmentation.contracts;

import java.time.Instant;
import java.util.Set;

/** Figures and words of messages within their bounds, refused with the member's name and the value. */
final class Figures {
    private Figures() {}

    /**
     * @param member the wire name, for the message
     * @throws IllegalArgumentException when it is negative
     */
    static void requireCount(long figure, String member) {
        if (figure < 0) {
            throw new IllegalArgumentException("%s counts from 0, not %d".formatted(member, figure));
        }
    }

    /** @throws IllegalArgumentException when it is below 1 */
    static void requireVersion(long version) {
        if (version < 1) {
            throw new IllegalArgumentException("versions count from 1, not " + version);
        }
    }

    /** As {@link #requireVersion(long)}; null is none. */
    static void requireVersionOrNull(Long version) {
        if (version != null) {
            requireVersion(version);
        }
    }

    /**
     * @param member the wire name, for the message
     * @throws IllegalArgumentException when it is below 0 or above 65535
     */
    static void requirePort(int port, String member) {
        if (port < 0 || port > 0xFFFF) {
            throw new IllegalArgumentException("%s is a number from 0 to 65535, not %d".formatted(member, port));
        }
    }

    /**
     * @param member the wire name, for the message
     * @throws IllegalArgumentException when it is below 0 or above 255; null is none
     */
    static void requireByteOrNull(Integer figure, String member) {
        if (figure != null && (figure < 0 || figure > 0xFF)) {
            throw new IllegalArgumentException("%s is a number from 0 to 255, not %d".formatted(member, figure));
        }
    }

    /**
     * @param to null for no end
     * @throws IllegalArgumentException when the end of a window is before its begin
     */
    static void requireOrder(Instant from, Instant to) {
        if (to != null && to.isBefore(from)) {
            throw new IllegalArgumentException("to is before from");
        }
    }

    /**
     * What decided: a policy, its version and its rule are named together or not at all.
     *
     * @throws IllegalArgumentException when one of them is missing, or the version is below 1
     */
    static void requireDecider(PolicyId policy, Long version, String rule) {
        if ((policy == null) != (version == null) || (policy == null) != (rule == null)) {
            throw new IllegalArgumentException(
                    "policy_id, policy_version and rule_id are given together or not at all");
        }
        requireVersionOrNull(version);
    }

    /**
     * @param member the wire name, for the message
     * @throws IllegalArgumentException when it is none of the words
     */
    static void requireWord(String word, Set<String> words, String member) {
        if (!words.contains(word)) {
            throw new IllegalArgumentException("%s is one of %s, not %s"
                    .formatted(member, String.join(", ", words.stream().sorted().toList()), Quoted.shortened(word)));
        }
    }
}
