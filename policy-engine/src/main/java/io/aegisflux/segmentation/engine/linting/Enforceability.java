package io.aegisflux.segmentation.engine.linting;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.Hook;
import io.aegisflux.segmentation.contracts.InterfaceMatch;
import io.aegisflux.segmentation.contracts.LintCode;
import io.aegisflux.segmentation.contracts.LintSeverity;
import io.aegisflux.segmentation.engine.language.DefaultAction;
import io.aegisflux.segmentation.engine.language.Policy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Holds policies against what the known hosts report. What a report does not tell is not held against a policy. */
final class Enforceability {
    private static final String RULES = "rules"; // of the resource limits
    private static final int SHOWN = 3;
    private static final Map<Direction, Set<Hook>> HOOKS = new EnumMap<>(Map.of(
            Direction.INGRESS, Set.of(Hook.XDP, Hook.TC_INGRESS),
            Direction.EGRESS, Set.of(Hook.TC_EGRESS, Hook.CONNECT4, Hook.CONNECT6)));

    private final Fleet fleet;
    private final Findings findings;
    private final Map<String, Integer> tableSize = new HashMap<>();

    /** @param living the policies that count, judged or not */
    Enforceability(Fleet fleet, Collection<Policy> living, Ranking known, Findings findings) {
        this.fleet = fleet;
        this.findings = findings;
        Map<String, Integer> ofPolicy = new HashMap<>();
        known.rules().forEach(rule -> ofPolicy.merge(rule.policy().id().value(), 1, Integer::sum));
        for (Policy policy : living) {
            int rules = ofPolicy.getOrDefault(policy.id().value(), 0)
                    + (policy.defaultRule().action() == DefaultAction.NONE ? 0 : 1);
            fleet.meantBy(policy).forEach(host -> tableSize.merge(host.hostId().value(), rules, Integer::sum));
        }
    }

    /** Whether a host says of a hook that nothing is attached there. */
    static boolean isOff(String how) {
        return how.startsWith("off");
    }

    /** @param rules of the policy that are there and match something */
    void check(Policy policy, List<Ranked> rules) {
        List<CapabilityReport> hosts = fleet.meantBy(policy);
        if (hosts.isEmpty()) {
            findings.add(
                    LintCode.UNENFORCEABLE,
                    policy,
                    "/applies_to",
                    "it is for none of the %d known hosts"
                            .formatted(fleet.hosts().size()),
                    "known are %s".formatted(names(fleet.hosts())));
            return;
        }
        checkRoom(policy, hosts);
        checkHooks(policy, rules, hosts);
        checkInterfaces(policy, rules, hosts);
    }

    private void checkRoom(Policy policy, List<CapabilityReport> hosts) {
        List<CapabilityReport> full = hosts.stream()
                .filter(host -> tableSize.get(host.hostId().value())
                        > host.resourceLimits().getOrDefault(RULES, Long.MAX_VALUE))
                .toList();
        if (!full.isEmpty()) {
            CapabilityReport first = full.getFirst();
            findings.add(
                    LintCode.UNENFORCEABLE,
                    policy,
                    "/rules",
                    "%d rules would apply to %s, which holds %d: it refuses the whole table%s"
                            .formatted(
                                    tableSize.get(first.hostId().value()),
                                    first.hostId(),
                                    first.resourceLimits().get(RULES),
                                    full.size() == 1 ? "" : "; so do %d more hosts".formatted(full.size() - 1)),
                    "let fewer rules apply there: name hosts or labels in applies_to, or join rules by lists of values");
        }
    }

    private void checkHooks(Policy policy, List<Ranked> rules, List<CapabilityReport> hosts) {
        for (Direction direction : List.of(Direction.INGRESS, Direction.EGRESS)) {
            if (sees(policy, rules, direction) && hosts.stream().allMatch(host -> isOff(host, direction))) {
                findings.add(
                        LintCode.UNENFORCEABLE,
                        policy,
                        "",
                        "%s is watched on none of the hosts it is for: %s is off on %s"
                                .formatted(
                                        direction.wireName(),
                                        HOOKS.get(direction).stream()
                                                .sorted()
                                                .map(Hook::wireName)
                                                .collect(Collectors.joining(", ")),
                                        names(hosts)),
                        "the agent's /status says why a hook is off");
            }
        }
    }

    private static boolean sees(Policy policy, List<Ranked> rules, Direction direction) {
        Stream<Direction> ofRules = rules.stream().map(ranked -> ranked.rule().direction());
        Stream<Direction> defaults = policy.defaultRule().action() == DefaultAction.NONE
                ? Stream.empty()
                : Stream.of(policy.defaultRule().direction());
        return Stream.concat(ofRules, defaults).anyMatch(each -> each == Direction.BOTH || each == direction);
    }

    /** Whether a host reports of hooks of a direction, and that all of them are off. */
    private static boolean isOff(CapabilityReport host, Direction direction) {
        List<String> states = host.hookPoints().entrySet().stream()
                .filter(point -> HOOKS.get(direction).stream()
                        .anyMatch(hook -> hook.wireName().equals(point.getKey().replaceFirst("@.*", ""))))
                .map(Map.Entry::getValue)
                .toList();
        return !states.isEmpty() && states.stream().allMatch(Enforceability::isOff);
    }

    private void checkInterfaces(Policy policy, List<Ranked> rules, List<CapabilityReport> hosts) {
        Set<String> attached = new TreeSet<>();
        for (CapabilityReport host : hosts) {
            Optional<List<String>> ofHost = InterfaceNames.attached(host);
            if (ofHost.isEmpty()) {
                return;
            }
            attached.addAll(ofHost.get());
        }
        String hint = "name one of these, or see AGENT_INTERFACES of the hosts; attached there: "
                + (attached.isEmpty() ? "none" : String.join(", ", first(attached)));
        var globs = policy.appliesTo().interfaces();
        if (!globs.isEmpty()
                && attached.stream().noneMatch(name -> globs.stream().anyMatch(glob -> glob.matches(name)))) {
            findings.add(
                    LintCode.UNENFORCEABLE,
                    policy,
                    "/applies_to/interfaces",
                    "none of the %d hosts that it is for has such an interface attached".formatted(hosts.size()),
                    hint);
            return;
        }
        for (Ranked rule : rules) {
            List<InterfaceMatch> asked = rule.interfaces();
            if (!asked.isEmpty() && !InterfaceNames.contradict(asked) && !InterfaceNames.anyHolds(attached, asked)) {
                findings.add(
                        LintCode.UNENFORCEABLE,
                        LintSeverity.WARNING,
                        policy,
                        rule.index(),
                        "/conditions",
                        "none of the %d hosts that its policy is for has such an interface attached"
                                .formatted(hosts.size()),
                        hint,
                        null);
            }
        }
    }

    private static List<String> first(Collection<String> names) {
        List<String> shown = new ArrayList<>(names.stream().limit(SHOWN).toList());
        if (names.size() > SHOWN) {
            shown.add("%d more".formatted(names.size() - SHOWN));
        }
        return shown;
    }

    private static String names(List<CapabilityReport> hosts) {
        return String.join(
                ", ", first(hosts.stream().map(host -> host.hostId().value()).toList()));
    }
}
