package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;

/**
 * Hits of rules over all hosts, on {@code segmentation.telemetry.rules}.
 *
 * @param rules at most {@link #MOST}, those with the most packets go first
 * @param omitted rules that did not fit
 */
public record TelemetryRules(Instant at, List<RuleHits> rules, long omitted) {
    public static final int MOST = 2_000;

    public TelemetryRules {
        requireNonNull(at, "at is missing");
        rules = Frozen.list(rules, "rules");
        Figures.requireCount(omitted, "omitted");
    }

    /**
     * Packets that a rule decided.
     *
     * @param packets on each host since it loaded the version
     * @param lastHit on any host; null when none told
     */
    public record RuleHits(PolicyId policyId, long policyVersion, String ruleId, long packets, Instant lastHit) {
        public RuleHits {
            requireNonNull(policyId, "policy_id is missing");
            requireNonNull(ruleId, "rule_id is missing");
            Figures.requireVersion(policyVersion);
            Figures.requireCount(packets, "packets");
        }
    }
}
