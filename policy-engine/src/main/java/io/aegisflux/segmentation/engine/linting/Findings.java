package io.aegisflux.segmentation.engine.linting;

import io.aegisflux.segmentation.contracts.LintCode;
import io.aegisflux.segmentation.contracts.LintFinding;
import io.aegisflux.segmentation.contracts.LintFinding.RelatedRule;
import io.aegisflux.segmentation.contracts.LintSeverity;
import io.aegisflux.segmentation.engine.language.Policy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects findings. */
final class Findings {
    private static final Comparator<Placed> ORDER = Comparator.<Placed, LintSeverity>comparing(
                    it -> it.finding.severity())
            .thenComparing(it -> it.finding.policyId().value())
            .thenComparingInt(it -> it.index)
            .thenComparing(it -> it.finding.code());

    private final List<Placed> placed = new ArrayList<>();

    /** @param index of the rule; -1 for the policy as a whole */
    private record Placed(int index, LintFinding finding) {}

    /** About a policy as a whole. */
    void add(LintCode code, Policy policy, String path, String message, String hint) {
        placed.add(new Placed(
                -1, new LintFinding(code, LintSeverity.WARNING, policy.id(), null, path, message, hint, null)));
    }

    /**
     * About a rule.
     *
     * @param below JSON pointer within the rule, empty for all of it
     * @param related null when there is none
     */
    void add(
            LintCode code,
            LintSeverity severity,
            Policy policy,
            int index,
            String below,
            String message,
            String hint,
            RelatedRule related) {
        placed.add(new Placed(
                index,
                new LintFinding(
                        code,
                        severity,
                        policy.id(),
                        policy.rules().get(index).id(),
                        "/rules/%d%s".formatted(index, below),
                        message,
                        hint,
                        related)));
    }

    /** Warnings first; by policy, then in the order of the document. */
    List<LintFinding> list() {
        return placed.stream().sorted(ORDER).map(Placed::finding).toList();
    }
}
