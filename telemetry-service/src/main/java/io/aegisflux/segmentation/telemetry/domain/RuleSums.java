package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.TelemetryRules;
import io.aegisflux.segmentation.contracts.TelemetrySummary;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Packets by rule, over the last reports of all hosts. */
final class RuleSums {
    private static final Comparator<Map.Entry<RuleKey, Sum>> BY_TRAFFIC = Comparator.comparingLong(
                    (Map.Entry<RuleKey, Sum> entry) -> entry.getValue().packets)
            .reversed()
            .thenComparing(entry -> entry.getKey().policy().value())
            .thenComparing(entry -> entry.getKey().rule())
            .thenComparing(entry -> entry.getKey().version());

    private final Map<RuleKey, Sum> sums = new HashMap<>();

    private static final class Sum {
        private long packets;
        private int hosts;
        private Instant lastHit;
    }

    /** @param lastHit null when the host did not tell */
    void add(RuleKey rule, long packets, Instant lastHit) {
        Sum sum = sums.computeIfAbsent(rule, ignored -> new Sum());
        sum.packets += packets;
        sum.hosts++;
        if (lastHit != null && (sum.lastHit == null || lastHit.isAfter(sum.lastHit))) {
            sum.lastHit = lastHit;
        }
    }

    void subtract(RuleKey rule, long packets) {
        Sum sum = sums.get(rule);
        sum.packets -= packets;
        sum.hosts--;
        if (sum.hosts == 0) {
            sums.remove(rule);
        }
    }

    /** The rules with the most packets, descending. */
    List<TelemetrySummary.TopRule> top(int count) {
        return sums.entrySet().stream()
                .sorted(BY_TRAFFIC)
                .limit(count)
                .map(entry -> new TelemetrySummary.TopRule(
                        entry.getKey().policy(),
                        entry.getKey().version(),
                        entry.getKey().rule(),
                        entry.getValue().packets))
                .toList();
    }

    /** As {@link #top}, with the last hit. */
    List<TelemetryRules.RuleHits> hits(int count) {
        return sums.entrySet().stream()
                .sorted(BY_TRAFFIC)
                .limit(count)
                .map(entry -> new TelemetryRules.RuleHits(
                        entry.getKey().policy(),
                        entry.getKey().version(),
                        entry.getKey().rule(),
                        entry.getValue().packets,
                        entry.getValue().lastHit))
                .toList();
    }

    /** How many rules there are. */
    long rules() {
        return sums.size();
    }

    /** How many policies have a rule that was hit. */
    long policies() {
        return sums.keySet().stream().map(RuleKey::policy).distinct().count();
    }
}
