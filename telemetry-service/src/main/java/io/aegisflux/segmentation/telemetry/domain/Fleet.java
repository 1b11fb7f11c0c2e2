package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.PolicyUpdate;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.TelemetryHosts;
import io.aegisflux.segmentation.contracts.TelemetryRules;
import io.aegisflux.segmentation.contracts.TelemetrySummary;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The hosts and policies as everybody last told of them. Every instance of the service hears everything, so each has all
 * of it. Nothing here reads a clock: who tells says when. Safe for any thread.
 */
public final class Fleet {
    private static final String APPLIED = "applied";

    private final Map<HostId, KnownHost> hosts = new HashMap<>();
    private final RuleSums sums = new RuleSums();
    private final RuleSeries series;
    private final PolicyCatalog policies = new PolicyCatalog();
    private final Propagation propagation = new Propagation(policies);
    private Map<HostId, Long> desired = Map.of();
    private boolean changed = true;

    /**
     * @param maxRules rules that have series of their own
     */
    public Fleet(int maxRules) {
        this.series = new RuleSeries(maxRules);
    }

    /**
     * A host's metrics.
     *
     * @param storedAt when the broker took them
     */
    public synchronized void report(MetricsReport report, Instant storedAt) {
        KnownHost host = hosts.computeIfAbsent(report.hostId(), id -> new KnownHost(id, storedAt));
        if (!host.isNews(storedAt)) {
            return;
        }
        host.take(report, storedAt, sums)
                .forEach((rule, added) -> series.add(rule, policies.verdict(rule), added, storedAt));
        changed = true;
    }

    /**
     * What a host can do.
     *
     * @param storedAt when the broker took the report
     */
    public synchronized void report(CapabilityReport report, Instant storedAt) {
        KnownHost host = hosts.computeIfAbsent(report.hostId(), id -> new KnownHost(id, storedAt));
        changed |= host.take(report, storedAt);
    }

    /**
     * What a host applied or refused.
     *
     * @return how long policies took into hosts that are in force now
     */
    public synchronized List<Duration> updated(PolicyUpdate update) {
        KnownHost host = hosts.get(update.hostId());
        if (host == null || !APPLIED.equals(update.metadata().get("result"))) {
            return List.of();
        }
        host.take(update);
        changed = true;
        return propagation.applied(update, host.firstHeard());
    }

    /**
     * A version of a policy.
     *
     * @return how long policies took into hosts that had applied it before we heard of it
     */
    public synchronized List<Duration> stored(StoredPolicy stored) {
        policies.stored(stored);
        return propagation.settle();
    }

    /**
     * A publish that was refused.
     *
     * @param publish its sequence
     */
    public synchronized void refused(PolicyId policy, long publish) {
        policies.refused(policy, publish);
    }

    /** The highest revision that is desired of a host. */
    public synchronized void desired(long revision) {
        policies.desired(revision);
    }

    /** Forgets what is gone and settles which rules have series of their own; now and then. */
    public synchronized void tidy(Instant now) {
        hosts.values().removeIf(host -> {
            if (host.isGone(now)) {
                host.rules().withdraw(sums);
                changed = true;
                return true;
            }
            host.rules().forget(now.minus(RuleSeries.FORGOTTEN));
            return false;
        });
        policies.eachRule((rule, verdict) -> series.add(rule, verdict, RuleRows.Added.NOTHING, now));
        series.rank(now);
    }

    /** Whether the summary says something else than when this was last asked, the passing of time aside. */
    public synchronized boolean takeChanged() {
        boolean was = changed;
        changed = false;
        return was;
    }

    /** The fleet at one glance. */
    public synchronized TelemetrySummary summary(Instant now) {
        return Summary.of(present(now), sums, now);
    }

    /** How each host stands; of more than fit, those that are stale go first. */
    public synchronized TelemetryHosts hosts(Instant now) {
        List<KnownHost> present = present(now);
        List<TelemetryHosts.HostRow> rows = present.stream()
                .sorted(Comparator.comparing((KnownHost host) -> !host.isStale(now))
                        .thenComparing(host -> host.id().value()))
                .limit(TelemetryHosts.MOST)
                .sorted(Comparator.comparing(host -> host.id().value()))
                .map(host -> host.row(desired.get(host.id()), now))
                .toList();
        return new TelemetryHosts(now, rows, present.size() - rows.size());
    }

    /** Hits of rules over all hosts, those with the most first. */
    public synchronized TelemetryRules rules(Instant now) {
        List<TelemetryRules.RuleHits> rows = sums.hits(TelemetryRules.MOST);
        return new TelemetryRules(now, rows, sums.rules() - rows.size());
    }

    /** The revision that is desired of each host. */
    public synchronized void desired(Map<HostId, Long> revisions) {
        desired = Map.copyOf(revisions);
    }

    /** Everything that Prometheus is told. */
    public synchronized List<Family> families(Instant now) {
        List<Family> families = new ArrayList<>(HostFamilies.of(present(now)));
        families.addAll(series.families());
        families.addAll(policies.families(now));
        return families;
    }

    private List<KnownHost> present(Instant now) {
        return hosts.values().stream().filter(host -> !host.isGone(now)).toList();
    }
}
