package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

/**
 * One thing about an accepted policy that its author may not have meant.
 *
 * @param ruleId the rule, null when it is about the policy as a whole
 * @param path JSON pointer (RFC 6901) into the policy's document
 * @param message what is so, with the values
 * @param hint what to do about it
 * @param related another rule that has to do with it, null when none has
 */
public record LintFinding(
        LintCode code,
        LintSeverity severity,
        PolicyId policyId,
        String ruleId,
        String path,
        String message,
        String hint,
        RelatedRule related) {
    public LintFinding {
        requireNonNull(code, "code is missing");
        requireNonNull(severity, "severity is missing");
        requireNonNull(policyId, "policy_id is missing");
        requireNonNull(path, "path is missing");
        requireNonNull(message, "message is missing");
        requireNonNull(hint, "hint is missing");
    }

    /** A rule by its policy and its id. */
    public record RelatedRule(PolicyId policyId, String ruleId) {
        public RelatedRule {
            requireNonNull(policyId, "policy_id is missing");
            requireNonNull(ruleId, "rule_id is missing");
        }
    }
}
