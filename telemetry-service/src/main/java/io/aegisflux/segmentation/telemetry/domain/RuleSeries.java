package io.aegisflux.segmentation.telemetry.domain;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What all hosts' rules were hit, as counters that only rise: each takes what was added since this instance first heard
 * of a host, so neither a host's restart nor a new version makes one fall. The rules with the most traffic have series of
 * their own; the rest adds to {@code rule="other"}, whose policy is empty, as no policy can be called. What has its own
 * series or not is settled by {@link #rank}, and only what is added afterwards goes to the other place.
 */
final class RuleSeries {
    /** A rule that no report names for so long is forgotten. */
    static final Duration FORGOTTEN = Duration.ofHours(1);

    private static final int REMEMBERED_FOR_EACH_SHOWN = 10;
    private static final String OTHER = "other";

    private final int max;
    private final Map<Key, Series> series = new HashMap<>();
    private final Map<String, Long> others = new TreeMap<>();
    private int shown;

    /** Versions of a policy share the series of a rule as long as it does the same in them. */
    private record Key(RuleKey.Name name, String verdict) {}

    private static final class Series {
        private long total; // decides who is shown
        private long counted; // while it was shown
        private boolean isShown;
        private Instant lastHit;
        private Instant lastSeen;

        long total() {
            return total;
        }
    }

    /**
     * @param max series that are shown
     */
    RuleSeries(int max) {
        if (max < 1) {
            throw new IllegalArgumentException("at least one rule is shown, not " + max);
        }
        this.max = max;
    }

    /**
     * A report names a rule.
     *
     * @param more since the last one
     * @param at when it was reported
     */
    void add(RuleKey rule, String verdict, RuleRows.Added more, Instant at) {
        long added = more.packets();
        if (added == 0 && verdict.equals(PolicyCatalog.UNKNOWN)) {
            return; // the store may not have told us yet
        }
        Key key = new Key(rule.name(), verdict);
        Series of = series.get(key);
        if (of == null) {
            if (series.size() >= (long) max * REMEMBERED_FOR_EACH_SHOWN) {
                others.merge(verdict, added, Saturating::sum);
                return;
            }
            of = new Series();
            of.isShown = shown < max;
            shown += of.isShown ? 1 : 0;
            series.put(key, of);
        }
        of.lastSeen = at;
        of.total = Saturating.sum(of.total, added);
        if (more.lastHit() != null && (of.lastHit == null || of.lastHit.isBefore(more.lastHit()))) {
            of.lastHit = more.lastHit();
        }
        if (of.isShown) {
            of.counted = Saturating.sum(of.counted, added);
        } else {
            others.merge(verdict, added, Saturating::sum);
        }
    }

    /** Forgets what is gone, and shows those with the most traffic. */
    void rank(Instant now) {
        series.values().removeIf(of -> of.lastSeen.isBefore(now.minus(FORGOTTEN)));
        List<Series> byTraffic = series.values().stream()
                .sorted(Comparator.comparingLong(Series::total)
                        .reversed()
                        .thenComparing(of -> !of.isShown)) // at equal traffic nothing changes
                .toList();
        for (int i = 0; i < byTraffic.size(); i++) {
            byTraffic.get(i).isShown = i < max;
        }
        shown = Math.min(max, byTraffic.size());
    }

    List<Family> families() {
        Family.Builder hits = Family.counter(
                "segmentation_rule_hits_total",
                "Packets and refused connects that a rule decided or would have denied, over all hosts, since this"
                        + " instance started. Rules beyond the limit are summed up in rule=\"other\".",
                "policy",
                "rule",
                "verdict");
        Map<List<String>, Instant> lastHits = new LinkedHashMap<>();
        series.forEach((key, of) -> {
            if (of.isShown) {
                hits.add(of.counted, key.name().policy().value(), key.name().rule(), key.verdict());
                if (of.lastHit != null) {
                    lastHits.merge(
                            List.of(key.name().policy().value(), key.name().rule()),
                            of.lastHit,
                            (a, b) -> a.isAfter(b) ? a : b);
                }
            }
        });
        others.forEach((verdict, count) -> hits.add(count, "", OTHER, verdict));
        Family.Builder last = Family.gauge(
                "segmentation_rule_last_hit_timestamp_seconds",
                "When a packet last met the rule on any host, by that host's clock.",
                "policy",
                "rule");
        lastHits.forEach((labels, at) -> last.add(seconds(at), labels.get(0), labels.get(1)));
        return List.of(hits.build(), last.build());
    }

    static double seconds(Instant instant) {
        return instant.getEpochSecond() + instant.getNano() / 1e9;
    }
}
