package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.PolicyApi.UnusedRequest;
import io.aegisflux.segmentation.contracts.UnusedRules;
import io.aegisflux.segmentation.engine.language.Rule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds rules without packets. A rule keeps its counter from version to version of its policy. */
public final class Unused {
    private Unused() {}

    private record Name(String policy, String rule) {}

    private record Hits(Instant last, long packets, int hosts) {
        private static final Hits NONE = new Hits(null, 0, 0);

        Hits with(MetricsReport.RuleHit hit) {
            Instant later =
                    last == null || hit.lastHit() != null && hit.lastHit().isAfter(last) ? hit.lastHit() : last;
            return new Hits(later, packets + hit.packets(), hosts + 1);
        }
    }

    /**
     * The unused rules among those of enabled policies that are enabled themselves.
     *
     * @param counters the last report of each host that is at hand
     */
    public static UnusedRules in(World world, UnusedRequest wanted, Map<HostId, MetricsReport> counters) {
        Map<Name, Hits> hits = new HashMap<>();
        for (MetricsReport report : counters.values()) {
            for (MetricsReport.RuleHit hit : report.ruleHits()) {
                hits.merge(
                        new Name(hit.policyId().value(), hit.ruleId()),
                        Hits.NONE.with(hit),
                        (known, ignored) -> known.with(hit));
            }
        }
        List<UnusedRules.Rule> unused = new ArrayList<>();
        int judged = 0;
        for (PolicyBook.Entry entry : world.policies().alive()) {
            if (!entry.policy().enabled()
                    || wanted.policyId() != null
                            && !wanted.policyId().equals(entry.policy().id())) {
                continue;
            }
            for (Rule rule : entry.policy().rules()) {
                if (!rule.enabled()) {
                    continue;
                }
                judged++;
                Hits of = hits.getOrDefault(new Name(entry.policy().id().value(), rule.id()), Hits.NONE);
                if (of.last == null || of.last.isBefore(wanted.since())) {
                    unused.add(new UnusedRules.Rule(
                            entry.policy().id(), entry.stored().version(), rule.id(), of.last, of.packets, of.hosts));
                }
            }
        }
        int known = world.hosts().reports().size();
        int heard = (int) world.hosts().reports().keySet().stream()
                .filter(counters::containsKey)
                .count();
        return new UnusedRules(wanted.since(), unused, judged, known, heard);
    }
}
