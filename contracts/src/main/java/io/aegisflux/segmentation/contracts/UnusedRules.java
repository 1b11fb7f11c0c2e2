package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;

/**
 * Rules of enabled policies that met no packet for a while, as the last counters of the hosts tell.
 *
 * @param since no packet from then on
 * @param rules by policy, then in the document's order
 * @param judged rules that were looked at
 * @param hostsKnown hosts that ever reported
 * @param hostsHeard those of them whose counters are at hand
 */
public record UnusedRules(Instant since, List<Rule> rules, int judged, int hostsKnown, int hostsHeard) {
    public UnusedRules {
        requireNonNull(since, "since is missing");
        rules = Frozen.list(rules, "rules");
        Figures.requireCount(judged, "judged");
        Figures.requireCount(hostsKnown, "hosts_known");
        Figures.requireCount(hostsHeard, "hosts_heard");
    }

    /**
     * A rule without packets.
     *
     * @param lastHit before the while; null for never since the hosts loaded their programs
     * @param packets that it ever met there
     * @param hosts whose counters tell of it; 0 when the policy is in force on none
     */
    public record Rule(PolicyId policyId, long policyVersion, String ruleId, Instant lastHit, long packets, int hosts) {
        public Rule {
            requireNonNull(policyId, "policy_id is missing");
            requireNonNull(ruleId, "rule_id is missing");
            Figures.requireVersion(policyVersion);
            Figures.requireCount(packets, "packets");
            Figures.requireCount(hosts, "hosts");
        }
    }
}
