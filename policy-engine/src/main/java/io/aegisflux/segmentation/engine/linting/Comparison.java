package io.aegisflux.segmentation.engine.linting;

import io.aegisflux.segmentation.contracts.LintCode;
import io.aegisflux.segmentation.contracts.LintSeverity;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.engine.language.Policy;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Holds the judged rules against those beside which they stand, once in each of several rankings. */
final class Comparison {
    private final Set<PolicyId> judged;
    private final Collection<String> interfaces;
    private final Instant now;
    private final Budget budget;
    private final Findings findings;
    private final Set<RuleName> shadowed = new HashSet<>();
    private final Set<RuleName> contradicting = new HashSet<>();
    private final Set<RuleName> notJudged = new HashSet<>();

    private record RuleName(PolicyId policy, int index) {
        static RuleName of(Ranked rule) {
            return new RuleName(rule.policy().id(), rule.index());
        }
    }

    Comparison(Collection<Policy> judged, Fleet fleet, Instant now, Budget budget, Findings findings) {
        this.judged = judged.stream().map(Policy::id).collect(Collectors.toSet());
        this.interfaces = fleet.hosts().stream()
                .flatMap(host -> InterfaceNames.attached(host).stream().flatMap(List::stream))
                .collect(Collectors.toCollection(TreeSet::new));
        this.now = now;
        this.budget = budget;
        this.findings = findings;
    }

    /**
     * Adds what this ranking shows and those before it did not.
     *
     * @param severity of a rule that is shadowed here; INFO where that holds as long as the fleet stays as it is
     */
    void run(Ranking ranking, LintSeverity severity) {
        Shadows shadows = new Shadows(ranking, budget);
        Contradictions contradictions = new Contradictions(ranking, interfaces, now, budget);
        for (Ranked rule : ranking.rules()) {
            if (rule.isPast(now)) {
                continue;
            }
            boolean isJudged = judged.contains(rule.policy().id());
            RuleName name = RuleName.of(rule);
            int from = isJudged ? 0 : contradictions.firstOfPriority(rule);
            budget.take(2L * (rule.place() - from));
            List<Ranked> earlier = budget.isSpent() ? List.of() : ranking.earlier(from, rule);
            if (isJudged && !shadowed.contains(name)) {
                switch (shadows.of(rule, earlier)) {
                    case Shadows.Answer.Open ignored -> {}
                    case Shadows.Answer.NotJudged ignored -> notJudged.add(name);
                    case Shadows.Answer.Covered(List<Ranked> by) -> {
                        shadowed.add(name);
                        addShadowed(rule, by, severity);
                    }
                }
            }
            contradictions
                    .with(
                            rule,
                            earlier,
                            other -> isJudged || judged.contains(other.policy().id()))
                    .ifPresent(other -> addContradiction(rule, other));
            if (isJudged && budget.isSpent()) {
                notJudged.add(name);
            }
        }
    }

    /** How many rules nothing was found of because it would have taken too long. */
    int notJudged() {
        notJudged.removeAll(shadowed);
        return notJudged.size();
    }

    private void addShadowed(Ranked rule, List<Ranked> by, LintSeverity severity) {
        Ranked first = by.getFirst();
        boolean saysTheSame = by.stream()
                .allMatch(other -> other.rule().action() == rule.rule().action());
        findings.add(
                LintCode.SHADOWED_RULE,
                severity,
                rule.policy(),
                rule.index(),
                "",
                "it never %s: %s considered earlier and %s all that it matches%s"
                        .formatted(
                                rule.rule().action().decides() ? "decides" : "acts",
                                by.size() == 1 ? first.name() + " is" : others(by) + " are",
                                by.size() == 1 ? "matches" : "match together",
                                severity == LintSeverity.INFO ? ", as hosts and workloads are now" : ""),
                saysTheSame
                        ? "remove it: the same is said already"
                        : "let it be considered first, by a lower priority of its own or of its policy, or remove it",
                first.named());
    }

    private static String others(List<Ranked> by) {
        int more = by.size() - 2;
        return "%s and %s%s"
                .formatted(by.getFirst().name(), by.get(1).name(), more == 0 ? "" : " and %d more".formatted(more));
    }

    /** Told of the rule that is judged; of the one that goes behind, where both are. */
    private void addContradiction(Ranked rule, Ranked earlier) {
        boolean isOfLater = judged.contains(rule.policy().id());
        Ranked subject = isOfLater ? rule : earlier;
        Ranked other = isOfLater ? earlier : rule;
        if (!contradicting.add(RuleName.of(subject))) {
            return;
        }
        findings.add(
                LintCode.CONTRADICTORY_PRIORITY,
                LintSeverity.WARNING,
                subject.policy(),
                subject.index(),
                "/priority",
                "%s has the same priorities (policy %d, rule %d) and matches some of the same packets: %s goes first only"
                                .formatted(
                                        other.name(),
                                        rule.policy().priority(),
                                        rule.rule().priority(),
                                        isOfLater ? "that" : "this")
                        + " because %s goes before %s"
                                .formatted(
                                        earlier.rule().action().wireName(),
                                        rule.rule().action().wireName()),
                "say which is meant by different priorities",
                other.named());
    }
}
