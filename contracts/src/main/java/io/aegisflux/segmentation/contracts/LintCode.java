package io.aegisflux.segmentation.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** What a {@link LintFinding} is about; stable codes. */
public enum LintCode {
    SHADOWED_RULE(
            "Rules that are considered earlier decide every packet that the rule matches, for as long as it lives. Info where"
                    + " that is so only as hosts and workloads are now."),
    EMPTY_RULE(
            "No packet holds all conditions of the rule: they contradict each other. Info where no known workload has the"
                    + " label that it asks for."),
    CONTRADICTORY_PRIORITY(
            "A rule of another action has the same priorities, of policy and rule, and matches some of the same packets: the"
                    + " tie-break alone decides."),
    OVER_WIDE("An enforced rule lets every source reach every port of every destination, on any interface."),
    EXPIRED("The `expires_at` of the policy or rule is past."),
    UNENFORCEABLE(
            "By their capability reports no known host can enforce it: the policy is for none of them, none that it is for has"
                    + " such an interface or any hook of the direction attached; or one that it is for has no room for all"
                    + " rules that would apply to it.");

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
        return WireNames.constant(values(), LintCode::wireName, wireName, "no finding");
    }
}
