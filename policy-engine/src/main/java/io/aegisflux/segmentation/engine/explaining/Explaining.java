package io.aegisflux.segmentation.engine.explaining;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Decision;
import io.aegisflux.segmentation.contracts.Mode;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Considered;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Effect;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Nearest;
import io.aegisflux.segmentation.contracts.PolicyExplanation.RuleEffect;
import io.aegisflux.segmentation.contracts.PolicyExplanation.Standing;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.engine.evaluation.Evaluator;
import io.aegisflux.segmentation.engine.evaluation.Judgement;
import io.aegisflux.segmentation.engine.explaining.ConditionProbe.Miss;
import io.aegisflux.segmentation.engine.language.AppliesTo;
import io.aegisflux.segmentation.engine.language.DefaultAction;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Says of a connection on a host what every policy and every rule has to do with it. For one connection, on one thread. */
public final class Explaining {
    private static final Comparator<VersionedPolicy> BY_PRIORITY = Comparator.<VersionedPolicy>comparingInt(
                    it -> it.policy().priority())
            .thenComparing(it -> it.policy().id().value());

    private final HostView host;
    private final PacketTuple packet;
    private final Instant now;
    private final ConditionProbe probe;
    private final MissWords words;
    private final Decision decision;
    private final Judgement judgement;
    private final Map<Name, Integer> places = new HashMap<>();
    private final List<Considered> considered = new ArrayList<>();
    private final List<Nearest> allowing = new ArrayList<>();

    /** A rule, by which its place in the table is found. */
    private record Name(PolicyId policy, String rule) {}

    /** A rule of a document and what it does. */
    private record Told(Rule rule, RuleEffect effect) {}

    /**
     * @param policies those on the host, whether they are for it or not
     * @param workloads that label conditions know
     * @throws IllegalArgumentException when the packet is none
     */
    public Explaining(
            List<VersionedPolicy> policies, HostView host, List<Workload> workloads, PacketTuple packet, Instant now) {
        this.host = requireNonNull(host, "host is null");
        this.packet = requireNonNull(packet, "packet is null");
        this.now = requireNonNull(now, "now is null");
        this.probe = new ConditionProbe(workloads);
        this.words = new MissWords(packet, workloads);
        RuleTable table = Lowering.lower(policies, host, workloads);
        Evaluator evaluator = Evaluator.forFew(table);
        this.decision = evaluator.decide(packet, now);
        this.judgement = evaluator.judge(packet, now);
        for (int i = 0; i < table.rules().size(); i++) {
            TableRule rule = table.rules().get(i);
            places.put(new Name(table.policies().get(rule.policy()).id(), rule.ruleId()), i);
        }
        policies.stream().sorted(BY_PRIORITY).map(this::consider).forEach(considered::add);
    }

    /** What is decided. */
    public Decision decision() {
        return decision;
    }

    /** Every policy, those of lower priority first. */
    public List<Considered> policies() {
        return List.copyOf(considered);
    }

    /** The allow rule that came nearest; empty where the connection is allowed, or no rule allows. */
    public Optional<Nearest> nearest() {
        return decision.action() == Action.ALLOW
                ? Optional.empty()
                : allowing.stream()
                        .min(Comparator.comparingInt(near -> near.misses().size()));
    }

    private static boolean allows(Rule rule) {
        return rule.mode() == Mode.ENFORCE && (rule.action() == Action.ALLOW || rule.action() == Action.RATE_LIMIT);
    }

    private Considered consider(VersionedPolicy versioned) {
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
        List<Told> told = policy.rules().stream()
                .map(rule -> new Told(rule, effect(policy, rule)))
                .toList();
        told.stream()
                .filter(it -> allows(it.rule) && isThere(it.effect))
                .map(it -> new Nearest(policy.id(), it.rule.id(), it.effect.misses()))
                .forEach(allowing::add);
        return Stream.concat(
                        told.stream()
                                .sorted(Comparator.comparingInt(it -> it.rule.priority()))
                                .map(Told::effect),
                        defaultAction(policy).stream())
                .toList();
    }

    private static boolean isThere(RuleEffect rule) {
        return rule.effect() != Effect.DISABLED && rule.effect() != Effect.EXPIRED;
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
                ? new RuleEffect(
                        rule.id(), rule.action(), matching(places.get(new Name(policy.id(), rule.id()))), List.of())
                : new RuleEffect(
                        rule.id(),
                        rule.action(),
                        Effect.MISSES,
                        misses.stream().map(words::of).toList());
    }

    private Optional<RuleEffect> defaultAction(Policy policy) {
        DefaultRule byDefault = policy.defaultRule();
        if (byDefault.action() == DefaultAction.NONE) {
            return Optional.empty();
        }
        return Optional.of(effect(
                policy,
                new Rule(
                        TableRule.DEFAULT_RULE_ID,
                        byDefault.action() == DefaultAction.DENY ? Action.DENY : Action.ALLOW,
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
                        policy.metadata())));
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
}
