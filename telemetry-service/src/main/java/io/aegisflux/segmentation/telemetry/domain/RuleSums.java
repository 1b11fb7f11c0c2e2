package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.TelemetrySummary;
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
    }

    void add(RuleKey rule, long packets) {
        Sum sum = sums.computeIfAbsent(rule, ignored -> new Sum());
        sum.packets += packets;
        sum.hosts++;
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

    /** How many policies have a rule that was hit. */
    long policies() {
        return sums.keySet().stream().map(RuleKey::policy).distinct().count();
    }
}
