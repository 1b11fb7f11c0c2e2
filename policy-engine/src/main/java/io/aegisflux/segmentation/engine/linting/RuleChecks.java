package io.aegisflux.segmentation.engine.linting;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.LintCode;
import io.aegisflux.segmentation.contracts.LintSeverity;
import io.aegisflux.segmentation.contracts.NumberRange;
import io.aegisflux.segmentation.contracts.Quoted;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.engine.language.Condition;
import io.aegisflux.segmentation.engine.language.Policy;
import io.aegisflux.segmentation.engine.language.Rule;
import io.aegisflux.segmentation.engine.lowering.LabelledAddresses;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What can be said of a rule without looking at others: that it is empty or over-wide. */
final class RuleChecks {
    private static final int SHOWN_VALUES = 3;
    private static final List<NumberRange> ALL_PORTS = List.of(new NumberRange(0, 0xFFFF));
    private static final List<NumberRange> PROTOCOLS_WITH_PORTS =
            List.of(new NumberRange(6, 6), new NumberRange(17, 17), new NumberRange(132, 132));

    private final Ranking certain;
    private final Optional<Ranking> known;
    private final LabelledAddresses labels;
    private final Findings findings;

    /**
     * @param known empty when no host is known
     * @param labels of the known workloads
     */
    RuleChecks(Ranking certain, Optional<Ranking> known, LabelledAddresses labels, Findings findings) {
        this.certain = certain;
        this.known = known;
        this.labels = labels;
        this.findings = findings;
    }

    void check(Policy policy, int index) {
        Rule rule = policy.rules().get(index);
        Optional<Ranked> ranked = certain.find(policy, rule);
        if (ranked.isEmpty() || InterfaceNames.contradict(ranked.get().interfaces())) {
            findings.add(
                    LintCode.EMPTY_RULE,
                    LintSeverity.WARNING,
                    policy,
                    index,
                    "/conditions",
                    ranked.isEmpty()
                            ? "no packet holds all of its conditions: they contradict each other"
                            : "no packet holds all of its conditions: no interface has such a name",
                    "make two rules of it, or remove the condition that is wrong",
                    null);
            return;
        }
        if (known.isPresent() && known.get().find(policy, rule).isEmpty()) {
            noWorkload(policy, index);
        }
        if (isOverWide(ranked.get())) {
            findings.add(
                    LintCode.OVER_WIDE,
                    LintSeverity.WARNING,
                    policy,
                    index,
                    "",
                    "it lets every source reach every port of every destination (%s)"
                            .formatted(
                                    rule.direction() == Direction.BOTH
                                            ? "ingress and egress"
                                            : rule.direction().wireName()),
                    "name sources, destinations or ports; where all else is meant to pass, write \"default_action\": \"none\""
                            + " in place of the rule",
                    null);
        }
    }

    /** Of a rule that would match packets if workloads were other than they are. */
    private void noWorkload(Policy policy, int index) {
        List<Condition> conditions = policy.rules().get(index).conditions();
        boolean isOneToBlame = false;
        for (int i = 0; i < conditions.size(); i++) {
            if (conditions.get(i) instanceof Condition.Label label
                    && labels.matching(label.key(), label.match()).isEmpty()) {
                isOneToBlame = true;
                findings.add(
                        LintCode.EMPTY_RULE,
                        LintSeverity.INFO,
                        policy,
                        index,
                        "/conditions/" + i,
                        "no known workload has " + text(label),
                        "see that a workload with this label is reported (AGENT_WORKLOADS), or mend the label",
                        null);
            }
        }
        if (!isOneToBlame) {
            findings.add(
                    LintCode.EMPTY_RULE,
                    LintSeverity.INFO,
                    policy,
                    index,
                    "/conditions",
                    "no address of a known workload holds all of its conditions",
                    "compare the workloads' labels and addresses with the conditions",
                    null);
        }
    }

    private static String text(Condition.Label label) {
        List<String> values = label.match().values();
        return "%s%s %s %s%s"
                .formatted(
                        label.field().labelPrefix(),
                        Quoted.cleaned(label.key(), 80),
                        label.match().operator().word(),
                        values.stream()
                                .limit(SHOWN_VALUES)
                                .map(Quoted::shortened)
                                .collect(Collectors.joining(", ")),
                        values.size() > SHOWN_VALUES ? ", …" : "");
    }

    private static boolean isOverWide(Ranked ranked) {
        TableRule rule = ranked.rule();
        return rule.action() == Action.ALLOW
                && !rule.audit()
                && ranked.asks().isEmpty()
                && rule.sources() == null
                && rule.destinations() == null
                && isAll(rule.sourcePorts())
                && isAll(rule.destPorts())
                && rule.icmpTypes() == null
                && rule.icmpCodes() == null
                && (rule.protocols() == null || rule.protocols().stream().anyMatch(RuleChecks::hasPorts));
    }

    private static boolean isAll(List<NumberRange> ports) {
        return ports == null || ports.equals(ALL_PORTS);
    }

    private static boolean hasPorts(NumberRange protocols) {
        return PROTOCOLS_WITH_PORTS.stream()
                .anyMatch(one -> protocols.low() <= one.low() && one.low() <= protocols.high());
    }
}
