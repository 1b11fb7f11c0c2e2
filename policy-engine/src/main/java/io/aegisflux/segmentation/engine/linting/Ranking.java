package io.aegisflux.segmentation.engine.linting;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.engine.language.AppliesTo;
import io.aegisflux.segmentation.engine.language.Condition;
import io.aegisflux.segmentation.engine.language.Policy;
import io.aegisflux.segmentation.engine.language.Rule;
import io.aegisflux.segmentation.engine.lowering.HostView;
import io.aegisflux.segmentation.engine.lowering.Lowering;
import io.aegisflux.segmentation.engine.lowering.VersionedPolicy;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The rules of all policies in the order in which they are considered, default actions left out, by the lowering that hosts
 * are served with. A rule that matches nothing is not in it.
 */
final class Ranking {
    private static final HostView EVERY_HOST = new HostView(new HostId("any"), Map.of(), Action.ALLOW);

    private final List<Ranked> rules = new ArrayList<>();
    private final Map<Key, Ranked> byKey = new HashMap<>();
    private final Bounds v4;
    private final Bounds v6;
    private final Reach reach;

    private record Key(String policy, String rule) {}

    private Ranking(Collection<Policy> policies, UnaryOperator<Rule> known, List<Workload> workloads, Reach reach) {
        this.reach = reach;
        Map<String, Policy> byId = new HashMap<>();
        Map<Key, Integer> indexes = new HashMap<>();
        List<VersionedPolicy> everywhere = new ArrayList<>();
        for (Policy policy : policies) {
            byId.put(policy.id().value(), policy);
            for (int i = 0; i < policy.rules().size(); i++) {
                indexes.put(new Key(policy.id().value(), policy.rules().get(i).id()), i);
            }
            AppliesTo allHosts =
                    new AppliesTo(List.of(), Map.of(), policy.appliesTo().interfaces());
            List<Rule> rulesKnown = policy.rules().stream().map(known).toList();
            everywhere.add(new VersionedPolicy(policy.with(allHosts, rulesKnown), 1, "0".repeat(64)));
        }
        RuleTable table = Lowering.lower(everywhere, EVERY_HOST, workloads);
        for (TableRule rule : table.rules()) {
            if (rule.isDefault()) {
                continue;
            }
            Policy policy = byId.get(table.policies().get(rule.policy()).id().value());
            Key key = new Key(policy.id().value(), rule.ruleId());
            int index = indexes.get(key);
            Set<Record> asks = new HashSet<>(rule.interfaces() == null ? List.of() : rule.interfaces());
            Rule written = policy.rules().get(index);
            if (known.apply(written) != written) {
                asks.addAll(labels(written));
            }
            Ranked ranked = new Ranked(policy, rules.size(), index, rule, asks, Area.of(rule, 4), Area.of(rule, 6));
            rules.add(ranked);
            byKey.put(key, ranked);
        }
        v4 = new Bounds(rules.stream().map(Ranked::v4).toList());
        v6 = new Bounds(rules.stream().map(Ranked::v6).toList());
    }

    /** Of any fleet: labels stay open, and policies stand beside each other where they say so themselves. */
    static Ranking ofAnyFleet(Collection<Policy> policies) {
        return new Ranking(policies, Ranking::withoutLabels, List.of(), new Reach.OfAnyFleet());
    }

    /** Of the known fleet: labels are the addresses that have them. */
    static Ranking of(Collection<Policy> policies, Fleet fleet) {
        return new Ranking(policies, rule -> rule, fleet.workloads(), new Reach.OfKnownFleet(fleet));
    }

    /** In the order of evaluation. */
    List<Ranked> rules() {
        return rules;
    }

    /** A rule of a policy; empty when it matches nothing. */
    Optional<Ranked> find(Policy policy, Rule rule) {
        return Optional.ofNullable(byKey.get(new Key(policy.id().value(), rule.id())));
    }

    Reach reach() {
        return reach;
    }

    /**
     * The rules from a place on that are considered before a rule and may match a packet which this matches, in their order.
     * Takes a nanosecond or two for each rule in between.
     */
    List<Ranked> earlier(int from, Ranked rule) {
        BitSet places = new BitSet();
        v4.collect(from, rule.place(), places);
        v6.collect(from, rule.place(), places);
        return places.stream().mapToObj(rules::get).toList();
    }

    /** The conditions of a rule on labels. */
    static List<Condition.Label> labels(Rule rule) {
        return rule.conditions().stream()
                .filter(Condition.Label.class::isInstance)
                .map(Condition.Label.class::cast)
                .toList();
    }

    private static Rule withoutLabels(Rule rule) {
        List<Condition> others = rule.conditions().stream()
                .filter(condition -> !(condition instanceof Condition.Label))
                .toList();
        return others.size() == rule.conditions().size() ? rule : rule.with(others);
    }
}
