package io.aegisflux.segmentation.engine.linting;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.LintCode;
import io.aegisflux.segmentation.contracts.LintFinding;
import io.aegisflux.segmentation.contracts.LintSeverity;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.engine.language.Policy;
import io.aegisflux.segmentation.engine.language.Rule;
import io.aegisflux.segmentation.engine.lowering.LabelledAddresses;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds in policies what their authors may not have meant; {@link LintCode} says what. Finds nothing that is not so, and says of
 * how many rules it could not tell. A disabled policy or rule is not judged, nor is one that has expired, but for that.
 */
public final class PolicyLint {
    /** Comes to a few seconds of one core at the most (LintBenchmark). */
    static final long STEPS = 1_000_000_000L;

    private final Fleet fleet;
    private final Instant now;
    private final List<Policy> judged;
    private final Ranking certain;
    private final Optional<Ranking> known;
    private final LabelledAddresses labels;
    private final Findings findings = new Findings();
    private final Optional<Enforceability> enforceability;
    private final Budget budget;

    private PolicyLint(List<Policy> policies, List<Policy> others, Fleet fleet, Instant now, Budget budget) {
        this.fleet = fleet;
        this.now = now;
        this.budget = budget;
        judged = policies.stream().filter(Policy::enabled).toList();
        List<Policy> all = Stream.concat(judged.stream(), others.stream().filter(Policy::enabled))
                .toList();
        certain = Ranking.ofAnyFleet(all);
        known = fleet.isKnown() ? Optional.of(Ranking.of(all, fleet)) : Optional.empty();
        labels = new LabelledAddresses(fleet.workloads());
        enforceability = known.map(ranking -> new Enforceability(fleet, all, ranking, findings));
    }

    /**
     * Judges policies among others. Where no host is known, nothing is said about hosts and workloads.
     *
     * @param policies that are judged, of different ids
     * @param others that stand beside them, of other ids
     * @param hosts the latest report of each known host
     * @param workloads that are known, those of the hosts among them
     * @param now what expires until then is past
     */
    public static PolicyApi.LintReply of(
            List<Policy> policies,
            List<Policy> others,
            List<CapabilityReport> hosts,
            List<Workload> workloads,
            Instant now) {
        return of(policies, others, hosts, workloads, now, STEPS);
    }

    /** @param steps how much may be looked at in all */
    static PolicyApi.LintReply of(
            List<Policy> policies,
            List<Policy> others,
            List<CapabilityReport> hosts,
            List<Workload> workloads,
            Instant now,
            long steps) {
        requireNonNull(now, "now is null");
        return new PolicyLint(policies, others, new Fleet(hosts, workloads), now, new Budget(steps)).run();
    }

    private PolicyApi.LintReply run() {
        int rules = judged.stream().mapToInt(this::checkAlone).sum();
        Comparison comparison = new Comparison(judged, fleet, now, budget, findings);
        comparison.run(certain, LintSeverity.WARNING);
        known.ifPresent(ranking -> comparison.run(ranking, LintSeverity.INFO));
        List<LintFinding> all = findings.list();
        return new PolicyApi.LintReply(
                all.stream().limit(PolicyApi.LintReply.MOST).toList(),
                Math.max(0, all.size() - PolicyApi.LintReply.MOST),
                judged.size(),
                rules,
                comparison.notJudged(),
                fleet.hosts().size(),
                fleet.workloads().size());
    }

    /** What can be said of a policy and its rules without looking at others; returns how many rules are judged. */
    private int checkAlone(Policy policy) {
        if (isPast(policy.expiresAt())) {
            findings.add(
                    LintCode.EXPIRED,
                    policy,
                    "/expires_at",
                    "the policy has ended at %s".formatted(policy.expiresAt()),
                    "delete it, or give it a later end");
            return 0;
        }
        RuleChecks checks = new RuleChecks(certain, known, labels, findings);
        List<Ranked> living = new ArrayList<>();
        int count = 0;
        for (int i = 0; i < policy.rules().size(); i++) {
            Rule rule = policy.rules().get(i);
            if (!rule.enabled()) {
                continue;
            }
            if (isPast(rule.expiresAt())) {
                findings.add(
                        LintCode.EXPIRED,
                        LintSeverity.WARNING,
                        policy,
                        i,
                        "/expires_at",
                        "the rule has ended at %s".formatted(rule.expiresAt()),
                        "remove it, or give it a later end",
                        null);
                continue;
            }
            count++;
            checks.check(policy, i);
            certain.find(policy, rule).ifPresent(living::add);
        }
        enforceability.ifPresent(it -> it.check(policy, living));
        return count;
    }

    private boolean isPast(Instant end) {
        return end != null && !now.isBefore(end);
    }
}
