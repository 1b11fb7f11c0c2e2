package io.aegisflux.segmentation.engine.lowering;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.InterfaceMatch;
import io.aegisflux.segmentation.contracts.Mode;
import io.aegisflux.segmentation.contracts.PolicyRef;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.engine.language.DefaultAction;
import io.aegisflux.segmentation.engine.language.Glob;
import io.aegisflux.segmentation.engine.language.Operator;
import io.aegisflux.segmentation.engine.language.Policy;
import io.aegisflux.segmentation.engine.language.Rule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Turns policies into the rule tables of hosts, for one set of workloads. What is the same for all hosts is worked out
 * once. The result depends on nothing but the arguments: not on the order of policies or workloads, not on the time.
 * Safe for use by several threads.
 */
public final class Lowering {
    /** Lower first; at equal priority what only reports goes before deny, and deny before allow. */
    private static final Comparator<Candidate> ORDER = Comparator.<Candidate>comparingInt(
                    it -> it.policy().priority())
            .thenComparingInt(it -> it.rule().priority())
            .thenComparingInt(it -> rank(it.rule().action()))
            .thenComparing(it -> it.policy().id().value())
            .thenComparing(it -> it.rule().ruleId());

    private static final Comparator<VersionedPolicy> BY_PRIORITY = Comparator.<VersionedPolicy>comparingInt(
                    it -> it.policy().priority())
            .thenComparing(it -> it.policy().id().value());

    private final LabelledAddresses labels;
    private final Map<PolicyRef, List<Candidate>> lowered = new ConcurrentHashMap<>();

    /** A rule whose index of the policy in the table is not known yet: it stands as 0. */
    private record Candidate(Policy policy, TableRule rule) {}

    /** @param workloads those of all hosts */
    public Lowering(List<Workload> workloads) {
        this.labels = new LabelledAddresses(requireNonNull(workloads, "workloads is null"));
    }

    /**
     * The rule table of a host.
     *
     * @param policies all stored policies, at most one version of each id
     * @param workloads those of all hosts
     */
    public static RuleTable lower(List<VersionedPolicy> policies, HostView host, List<Workload> workloads) {
        return new Lowering(workloads).lower(policies, host);
    }

    /**
     * The rule table of a host.
     *
     * @param policies all stored policies, at most one version of each id; (id, version, digest) must name one content
     */
    public RuleTable lower(List<VersionedPolicy> policies, HostView host) {
        List<VersionedPolicy> applying = policies.stream()
                .filter(it -> it.policy().enabled())
                .filter(it -> it.policy().appliesTo().includes(host.id(), host.labels()))
                .sorted(BY_PRIORITY)
                .toList();
        Map<String, Integer> index = new HashMap<>();
        for (VersionedPolicy policy : applying) {
            if (index.put(policy.policy().id().value(), index.size()) != null) {
                throw new IllegalArgumentException("policy %s is given in two versions"
                        .formatted(policy.policy().id()));
            }
        }
        Stream<Candidate> rules =
                applying.stream().flatMap(it -> rules(it).stream()).sorted(ORDER);
        Stream<Candidate> defaults = applying.stream()
                .flatMap(it -> defaultRule(it.policy()).stream())
                .sorted(ORDER);
        return new RuleTable(
                applying.stream().map(VersionedPolicy::ref).toList(),
                Stream.concat(rules, defaults)
                        .map(it -> atIndex(it.rule(), index.get(it.policy().id().value())))
                        .toList(),
                host.posture());
    }

    /** The labels of workloads that are too long to be used: worth reporting, never a cause to stop. */
    public List<String> labelsTooLong() {
        return labels.tooLong();
    }

    private List<Candidate> rules(VersionedPolicy versioned) {
        return lowered.computeIfAbsent(versioned.ref(), ignored -> lowerRules(versioned.policy()));
    }

    private List<Candidate> lowerRules(Policy policy) {
        List<Candidate> candidates = new ArrayList<>();
        for (Rule rule : policy.rules()) {
            if (rule.enabled()) {
                Conjunction.of(rule.conditions(), labels)
                        .map(matcher -> new Candidate(policy, tableRule(policy, rule, matcher)))
                        .ifPresent(candidates::add);
            }
        }
        return List.copyOf(candidates);
    }

    private static TableRule tableRule(Policy policy, Rule rule, Matcher matcher) {
        return new TableRule(
                0,
                rule.id(),
                rule.priority(),
                rule.action(),
                rule.mode() == Mode.AUDIT,
                rule.direction(),
                matcher.ipVersion(),
                matcher.protocols(),
                matcher.sources(),
                matcher.destinations(),
                matcher.sourcePorts(),
                matcher.destPorts(),
                matcher.icmpTypes(),
                matcher.icmpCodes(),
                interfaces(policy, matcher),
                rule.mark(),
                rule.dscp(),
                rule.rateLimit(),
                earlier(rule.expiresAt(), policy.expiresAt()));
    }

    private static Optional<Candidate> defaultRule(Policy policy) {
        DefaultAction action = policy.defaultRule().action();
        if (action == DefaultAction.NONE) {
            return Optional.empty();
        }
        return Optional.of(new Candidate(
                policy,
                new TableRule(
                        0,
                        TableRule.DEFAULT_RULE_ID,
                        0,
                        action == DefaultAction.DENY ? Action.DENY : Action.ALLOW,
                        policy.defaultRule().mode() == Mode.AUDIT,
                        policy.defaultRule().direction(),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        interfaces(policy, Matcher.ANY),
                        0,
                        null,
                        null,
                        policy.expiresAt())));
    }

    /** The policy's interfaces as one more condition on the interface; null for none at all. */
    private static List<InterfaceMatch> interfaces(Policy policy, Matcher matcher) {
        List<Glob> globs = policy.appliesTo().interfaces();
        if (globs.isEmpty()) {
            return matcher.interfaces();
        }
        InterfaceMatch ofPolicy = globs.stream().allMatch(Glob::isLiteral)
                ? new InterfaceMatch(
                        Operator.IN.word(), globs.stream().map(Glob::text).toList())
                : new InterfaceMatch(
                        Operator.REGEX.word(),
                        List.of(globs.stream().map(Glob::regex).collect(Collectors.joining("|"))));
        List<InterfaceMatch> all = new ArrayList<>(List.of(ofPolicy));
        if (matcher.interfaces() != null) {
            all.addAll(matcher.interfaces());
        }
        return all;
    }

    private static int rank(Action action) {
        return switch (action) {
            case LOG, MARK -> 0;
            case DENY -> 1;
            case RATE_LIMIT -> 2;
            case ALLOW -> 3;
        };
    }

    private static Instant earlier(Instant a, Instant b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return a.isBefore(b) ? a : b;
    }

    private static TableRule atIndex(TableRule rule, int policy) {
        return rule.with(policy, rule.ruleId(), rule.action(), rule.audit());
    }
}
