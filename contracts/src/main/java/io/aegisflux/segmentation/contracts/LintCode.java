package io.aegisflux.segmentation.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** What a {@link LintFinding} is about; stable codes. */
public enum LintCode {
    SHADOWED_RULE("Rules that are considered earlier decide every packet that it matches, as long as it lives."),
    EMPTY_RULE(
            "No packet holds all of its conditions: they contradict each other, or no known workload has the label."),
    CONTRADICTORY_PRIORITY(
            "It has another action and the same priorities as a rule that matches some of the same packets: which of them"
                    + " decides is left to the tie-break."),
    OVER_WIDE("It allows all ports, of every source and every destination, on every interface."),
    EXPIRED("Its `expires_at` is past."),
    UNENFORCEABLE(
            "By their capability reports no known host can enforce it: none is meant, none has the interface or a hook of the"
                    + " direction attached, or more rules apply to one than it holds.");

    private final String meaning;

    LintCode(String meaning) {
        this.meaning = meaning;
    }

    /** One sentence for the documentation. */
    public String meaning() {
        return meaning;
    }

    /** As written on the wire: the name itself. */
    @JsonValue
    public String wireName() {
        return name();
    }

    /**
     * @throws IllegalArgumentException when no constant is written so
     */
    @JsonCreator
    public static LintCode of(String wireName) {
        for (LintCode value : values()) {
            if (value.wireName().equals(wireName)) {
                return value;
            }
        }
        throw new IllegalArgumentException("no finding is called " + Quoted.shortened(String.valueOf(wireName)));
    }
}
