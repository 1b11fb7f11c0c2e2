package io.aegisflux.segmentation.engine.explaining;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Mode;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Considered;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Effect;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Nearest;
import io.aegisflux.segmentation.contracts.PolicyExplanation.RuleEffect;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Standing;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.engine.evaluation.Evaluator;
import io.aegisflux.segmentation.engine.evaluation.Judgement;
import io.aegisflux.segmentation.engine.explaining.ConditionProbe.Miss;
import io.aegisflux.segmentation.engine.language.AppliesTo;
import io.aegisflux.segmentation.engine.language.DefaultRule;
import io.aegisflux.segmentation.engine.language.Glob;
import io.aegisflux.segmentation.engine.language.Policy;
import io.aegisflux.segmentation.engine.language.Rule;
import io.aegisflux.segmentation.engine.lowering.HostView;
import io.aegisflux.segmentation.engine.lowering.Lowering;
import io.aegisflux.segmentation.engine.lowering.VersionedPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Says of a connection on a host what every policy and every rule has to do with it. For one connection, on one thread. */
public final class Explaining {
    private static final Comparator<VersionedPolicy> BY_PRIORITY = Comparator.<VersionedPolicy>comparingInt(
                    it -> it.policy().priority())
            .thenComparing(it -> it.policy().id().value());

    private final List<VersionedPolicy> policies;
    private final HostView host;
    private final PacketTuple packet;
    private final Instant now;
    private final ConditionProbe probe;
    private final MissWords words;
    private final RuleTable table;
    private final Judgement judgement;

    /**
     * @param policies those on the host, whether they are for it or not
     * @param workloads that label conditions know
     * @throws IllegalArgumentException when the packet is none
     */
    public Explaining(
            List<VersionedPolicy> policies, HostView host, List<Workload> workloads, PacketTuple packet, Instant now) {
        this.policies = policies.stream().sorted(BY_PRIORITY).toList();
        this.host = requireNonNull(host, "host is null");
        this.packet = requireNonNull(packet, "packet is null");
        this.now = requireNonNull(now, "now is null");
        this.probe = new ConditionProbe(workloads);
        this.words = new MissWords(packet, workloads);
        this.table = Lowering.lower(policies, host, workloads);
        this.judgement = Evaluator.forFew(table).judge(packet, now);
    }

    /** Every policy, those of lower priority first. */
    public List<Considered> policies() {
        return policies.stream().map(this::considered).toList();
    }

    /** The allow rule that came nearest; empty where the connection is allowed, or no rule allows. */
    public Optional<Nearest> nearest() {
        if (judgement.action() == Action.ALLOW) {
            return Optional.empty();
        }
        record Near(VersionedPolicy policy, Rule rule, List<Miss> misses) {}
        List<Near> allowing = new ArrayList<>();
        for (VersionedPolicy policy : policies) {
            if (standing(policy.policy()) == Standing.CONSIDERED) {
                for (Rule rule : policy.policy().rules()) {
                    if (rule.enabled() && !isPast(rule.expiresAt()) && allows(rule)) {
                        allowing.add(new Near(policy, rule, probe.misses(policy.policy(), rule, packet)));
                    }
                }
            }
        }
        return allowing.stream()
                .min(Comparator.comparingInt(near -> near.misses.size()))
                .map(near -> new Nearest(
                        near.policy.policy().id(),
                        near.rule.id(),
                        near.misses.stream().map(words::of).toList()));
    }

    private static boolean allows(Rule rule) {
        return rule.mode() == Mode.ENFORCE && (rule.action() == Action.ALLOW || rule.action() == Action.RATE_LIMIT);
    }

    private Considered considered(VersionedPolicy versioned) {
        Policy policy = versioned.policy();
        Standing standing = standing(policy);
        return new Considered(
                policy.id(),
                versioned.version(),
                standing,
                why(policy, standing),
                standing == Standing.CONSIDERED ? rules(policy) : List.of());
    }

    private Standing standing(Policy policy) {
        if (!policy.enabled()) {
            return Standing.DISABLED;
        }
        if (!policy.appliesTo().includes(host.id(), host.labels())) {
            return Standing.NOT_SELECTED;
        }
        return isPast(policy.expiresAt()) ? Standing.EXPIRED : Standing.CONSIDERED;
    }

    private boolean isPast(Instant end) {
        return end != null && !now.isBefore(end);
    }

    /** Null when it is considered. */
    private String why(Policy policy, Standing standing) {
        return switch (standing) {
            case CONSIDERED -> null;
            case DISABLED -> "it is disabled";
            case EXPIRED -> "it expired at %s".formatted(policy.expiresAt());
            case NOT_SELECTED -> notSelected(policy.appliesTo());
        };
    }

    private String notSelected(AppliesTo appliesTo) {
        AppliesTo byHost = new AppliesTo(appliesTo.hosts(), Map.of(), List.of());
        if (!byHost.includes(host.id(), host.labels())) {
            return "applies_to.hosts names %s"
                    .formatted(appliesTo.hosts().stream().map(Glob::text).collect(Collectors.joining(", ")));
        }
        return appliesTo.labels().entrySet().stream()
                .filter(label -> !label.getValue().equals(host.labels().get(label.getKey())))
                .sorted(Map.Entry.comparingByKey())
                .map(label -> host.labels().containsKey(label.getKey())
                        ? "applies_to wants label %s=%s, the host has %s"
                                .formatted(
                                        label.getKey(),
                                        label.getValue(),
                                        host.labels().get(label.getKey()))
                        : "applies_to wants label %s=%s, the host has no %s"
                                .formatted(label.getKey(), label.getValue(), label.getKey()))
                .collect(Collectors.joining("; "));
    }

    private List<RuleEffect> rules(Policy policy) {
        List<RuleEffect> effects = new ArrayList<>();
        policy.rules().stream()
                .sorted(Comparator.comparingInt(Rule::priority))
                .map(rule -> effect(policy, rule))
                .forEach(effects::add);
        defaultAction(policy).ifPresent(effects::add);
        return effects;
    }

    private RuleEffect effect(Policy policy, Rule rule) {
        if (!rule.enabled()) {
            return new RuleEffect(rule.id(), rule.action(), Effect.DISABLED, List.of());
        }
        if (isPast(rule.expiresAt())) {
            return new RuleEffect(rule.id(), rule.action(), Effect.EXPIRED, List.of());
        }
        List<Miss> misses = probe.misses(policy, rule, packet);
        return misses.isEmpty()
                ? new RuleEffect(rule.id(), rule.action(), matching(indexOf(policy, rule.id())), List.of())
                : new RuleEffect(
                        rule.id(),
                        rule.action(),
                        Effect.MISSES,
                        misses.stream().map(words::of).toList());
    }

    private Optional<RuleEffect> defaultAction(Policy policy) {
        int index = indexOf(policy, TableRule.DEFAULT_RULE_ID);
        if (index < 0) {
            return Optional.empty();
        }
        DefaultRule byDefault = policy.defaultRule();
        Rule rule = new Rule(
                TableRule.DEFAULT_RULE_ID,
                table.rules().get(index).action(),
                0,
                true,
                List.of(),
                byDefault.direction(),
                byDefault.mode(),
                null,
                0,
                null,
                null,
                "",
                policy.metadata());
        return Optional.of(effect(policy, rule));
    }

    /** What a rule does that matches, by its place in the table. */
    private Effect matching(int index) {
        if (index == judgement.rule()) {
            return Effect.DECIDES;
        }
        if (judgement.rule() != Judgement.NONE && index > judgement.rule()) {
            return Effect.BEHIND;
        }
        return index == judgement.auditRule() ? Effect.AUDITS : Effect.NOTES;
    }

    private int indexOf(Policy policy, String ruleId) {
        for (int i = 0; i < table.rules().size(); i++) {
            TableRule rule = table.rules().get(i);
            if (rule.ruleId().equals(ruleId)
                    && table.policies().get(rule.policy()).id().equals(policy.id())) {
                return i;
            }
        }
        return Judgement.NONE;
    }
}
