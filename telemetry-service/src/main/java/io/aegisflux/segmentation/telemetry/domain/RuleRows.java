package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.MetricsReport;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rule counters of one host, and what was added to them from report to report. A row that a report leaves out is
 * remembered: when it comes back with its old count, nothing was added.
 */
final class RuleRows {
    private final Map<RuleKey.Name, Row> rows = new HashMap<>();
    private Instant last = Instant.MIN;

    private record Row(long version, long packets, Instant seen) {}

    /**
     * What a report adds to a rule.
     *
     * @param packets beyond what was known
     * @param lastHit when the last packet met it; null when nobody knows
     */
    record Added(long packets, Instant lastHit) {
        static final Added NOTHING = new Added(0, null);
    }

    /**
     * Takes the rows of a report.
     *
     * @param restarted whether the host's counters began again at zero
     * @param sums gets what changed in the host's current counts
     * @return what each row of the report stands for beyond what was known; for the first report of a host no packets, for
     *     nobody knows when they came
     */
    Map<RuleKey, Added> take(List<MetricsReport.RuleHit> hits, Instant at, boolean restarted, RuleSums sums) {
        boolean first = last.equals(Instant.MIN);
        withdraw(sums);
        if (restarted) {
            rows.clear();
        }
        Map<RuleKey, Added> added = new LinkedHashMap<>();
        for (MetricsReport.RuleHit hit : hits) {
            RuleKey rule = RuleKey.of(hit);
            Row row = rows.get(rule.name());
            if (row != null && row.seen().equals(at)) {
                continue; // named twice, counts once
            }
            long known = row == null || row.packets() > hit.packets() ? 0 : row.packets();
            long packets = first ? 0 : hit.packets() - known;
            added.put(rule, new Added(packets, hit.lastHit() == null && packets > 0 ? at : hit.lastHit()));
            rows.put(rule.name(), new Row(rule.version(), hit.packets(), at));
            sums.add(rule, hit.packets(), hit.lastHit());
        }
        last = at;
        return added;
    }

    /** Takes the host's current counts out of the sums. */
    void withdraw(RuleSums sums) {
        rows.forEach((name, row) -> {
            if (row.seen().equals(last)) {
                sums.subtract(new RuleKey(name, row.version()), row.packets());
            }
        });
    }

    /** Forgets rows that no report since then named. */
    void forget(Instant before) {
        rows.values().removeIf(row -> row.seen().isBefore(before) && !row.seen().equals(last));
    }
}
