package io.aegisflux.segmentation.engine.evaluation;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Decision;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.PolicyRef;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.engine.classifier.Candidates;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Judges new connections by a rule table, as the kernel does. Safe for use by several threads. One that was made for a few
 * packets looks at one rule after the other, about 2 ns each; one that was made for many has an index, which takes milliseconds
 * to build and then makes a large table cost little more than a small one (EvaluatorBenchmark).
 */
public final class Evaluator {
    private final RuleTable table;
    private final CompiledRule[] prepared; // each when it is asked for first; threads may make one twice
    private final Function<Packet, Candidates> search;

    private Evaluator(RuleTable table, Function<Packet, Candidates> search) {
        this.table = table;
        this.prepared = new CompiledRule[table.rules().size()];
        this.search = search;
    }

    /** An evaluator for a few packets. */
    public static Evaluator forFew(RuleTable table) {
        int count = requireNonNull(table, "table is null").rules().size();
        return new Evaluator(table, packet -> Candidates.ofAll(count));
    }

    /** An evaluator for many packets. */
    public static Evaluator forMany(RuleTable table) {
        RuleIndex index = new RuleIndex(requireNonNull(table, "table is null").rules());
        return new Evaluator(table, index::candidates);
    }

    /**
     * The decision with its reason.
     *
     * @throws IllegalArgumentException naming the address that is none, or two of different IP versions
     */
    public Decision decide(PacketTuple packet, Instant now) {
        Judgement judgement = judge(packet, now);
        Decision.Audit audit = audit(judgement);
        List<String> logged = judgement.passed().stream()
                .map(index ->
                        policy(index).id() + "/" + table.rules().get(index).ruleId())
                .toList();
        if (judgement.rule() == Judgement.NONE) {
            Reason reason = audit == null ? Reason.POSTURE : Reason.AUDIT_WOULD_DENY;
            return new Decision(judgement.action(), reason, null, null, null, audit, logged);
        }
        TableRule rule = table.rules().get(judgement.rule());
        PolicyRef policy = policy(judgement.rule());
        return new Decision(
                rule.action(),
                audit == null ? reason(rule) : Reason.AUDIT_WOULD_DENY,
                policy.id(),
                policy.version(),
                rule.ruleId(),
                audit,
                logged);
    }

    /**
     * The decision by indexes of rules.
     *
     * @throws IllegalArgumentException naming the address that is none, or two of different IP versions
     */
    public Judgement judge(PacketTuple tuple, Instant now) {
        Packet packet = Packet.of(tuple);
        List<Integer> passed = new ArrayList<>(0);
        int auditRule = Judgement.NONE;
        Candidates candidates = search.apply(packet);
        for (int i = candidates.next(); i != Candidates.END; i = candidates.next()) {
            TableRule rule = table.rules().get(i);
            if (!matches(i, rule, packet, now)) {
                continue;
            }
            if (rule.isTerminal()) {
                return new Judgement(i, auditRule, passed, rule.action() == Action.DENY ? Action.DENY : Action.ALLOW);
            }
            if (!rule.action().decides()) {
                passed.add(i);
            } else if (auditRule == Judgement.NONE) {
                auditRule = i;
            }
        }
        return new Judgement(Judgement.NONE, auditRule, passed, table.posture());
    }

    private boolean matches(int index, TableRule rule, Packet packet, Instant now) {
        CompiledRule ready = prepared[index];
        if (ready == null) {
            if (!CompiledRule.mayMatch(rule, packet)) {
                return false;
            }
            ready = new CompiledRule(rule);
            prepared[index] = ready;
        }
        return ready.matches(packet, now);
    }

    /** The audit rule that would have denied what passes; null if none would. */
    private Decision.Audit audit(Judgement judgement) {
        if (judgement.action() != Action.ALLOW || judgement.auditRule() == Judgement.NONE) {
            return null;
        }
        TableRule rule = table.rules().get(judgement.auditRule());
        PolicyRef policy = policy(judgement.auditRule());
        return rule.action() == Action.DENY ? new Decision.Audit(policy.id(), policy.version(), rule.ruleId()) : null;
    }

    private PolicyRef policy(int rule) {
        return table.policies().get(table.rules().get(rule).policy());
    }

    private static Reason reason(TableRule rule) {
        if (rule.isDefault()) {
            return rule.action() == Action.DENY ? Reason.DEFAULT_DENY : Reason.DEFAULT_ALLOW;
        }
        return rule.action() == Action.DENY ? Reason.RULE_DENY : Reason.RULE_ALLOW;
    }
}
