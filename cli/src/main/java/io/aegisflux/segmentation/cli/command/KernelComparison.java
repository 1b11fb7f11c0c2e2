package io.aegisflux.segmentation.cli.command;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Decision;
import io.aegisflux.segmentation.contracts.PolicyExplanation;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.ProbeReply;
import io.aegisflux.segmentation.contracts.Reason;
import java.util.ArrayList;
import java.util.List;

/**
 * What the kernel of a host says, beside what the evaluator does.
 *
 * @param differences a sentence for each thing in which they differ; empty when they agree
 * @param because what is known to make them differ; null when nothing is, or they agree
 */
record KernelComparison(PolicyExplanation explanation, ProbeReply kernel, List<String> differences, String because) {
    KernelComparison {
        requireNonNull(explanation, "explanation is null");
        requireNonNull(kernel, "kernel is null");
        differences = List.copyOf(differences);
    }

    static KernelComparison of(PolicyExplanation explanation, ProbeReply kernel) {
        List<String> differences = differences(explanation.decision(), kernel);
        return new KernelComparison(
                explanation, kernel, differences, differences.isEmpty() ? null : because(explanation, kernel));
    }

    boolean agree() {
        return differences.isEmpty();
    }

    private static List<String> differences(Decision evaluator, ProbeReply kernel) {
        List<String> differences = new ArrayList<>();
        compare("verdict", kernel.verdict().wireName(), evaluator.verdict().wireName(), differences);
        compare(
                "rule",
                rule(kernel.policyId(), kernel.policyVersion(), kernel.ruleId()),
                rule(evaluator.policyId(), evaluator.policyVersion(), evaluator.ruleId()),
                differences);
        compare("audit rule", audit(kernel.audit()), audit(evaluator.audit()), differences);
        if (differences.isEmpty()) {
            compare("reason", kernel.reason().wireName(), evaluator.reason().wireName(), differences);
        }
        return differences;
    }

    private static void compare(String what, String kernel, String evaluator, List<String> differences) {
        if (!kernel.equals(evaluator)) {
            differences.add("%s: %s in the kernel, %s by the evaluator".formatted(what, kernel, evaluator));
        }
    }

    /** What the host may rightly decide otherwise by. */
    private static String because(PolicyExplanation explanation, ProbeReply kernel) {
        if (kernel.reason() == Reason.FAILSAFE) {
            return "it is of what no policy may cut on that host (failsafe), which the evaluator does not know";
        }
        long desired = explanation.loaded().desiredRevision();
        if (kernel.revision() != desired) {
            return "the host has revision %d in force, desired is %d: it decides by other rules"
                    .formatted(kernel.revision(), desired);
        }
        return null;
    }

    private static String audit(Decision.Audit audit) {
        return audit == null ? "none" : rule(audit.policyId(), audit.policyVersion(), audit.ruleId());
    }

    static String rule(PolicyId policy, Long version, String rule) {
        return policy == null ? "none" : "%s@v%d/%s".formatted(policy, version, rule);
    }
}
