package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.TelemetrySummary;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/** Sums over the hosts' last metrics. */
final class Summary {
    /** So that the message stays well below the broker's largest. */
    static final int MAX_HOSTS = 2_000;

    static final int TOP_RULES = 20;

    private Summary() {}

    static TelemetrySummary of(List<KnownHost> hosts, RuleSums rules, Instant now) {
        return new TelemetrySummary(
                now,
                hosts.size(),
                (int) hosts.stream().filter(host -> host.isStale(now)).count(),
                sum(hosts, MetricsReport::packetsTotal),
                sum(hosts, MetricsReport::packetsAllowed),
                sum(hosts, MetricsReport::packetsDropped),
                sum(hosts, MetricsReport::packetsAudited),
                sum(hosts, MetricsReport::connectionsBlocked),
                policiesActive(hosts, rules),
                sum(hosts, MetricsReport::eventsLost),
                rows(hosts, now),
                rules.top(TOP_RULES));
    }

    private static long sum(List<KnownHost> hosts, ToLongFunction<MetricsReport> figure) {
        return hosts.stream()
                .mapToLong(host -> host.figures().map(figure::applyAsLong).orElse(0L))
                .reduce(0, Saturating::sum);
    }

    /** Hosts say how many policies decide something there, and which ones did: together no more than this is known. */
    private static long policiesActive(List<KnownHost> hosts, RuleSums rules) {
        long most = hosts.stream()
                .mapToLong(host ->
                        host.figures().map(MetricsReport::policiesActive).orElse(0L))
                .max()
                .orElse(0);
        return Math.max(most, rules.policies());
    }

    private static List<TelemetrySummary.HostSummary> rows(List<KnownHost> hosts, Instant now) {
        return hosts.stream()
                .map(host -> host.summary(now))
                .sorted(Comparator.comparing((TelemetrySummary.HostSummary row) -> !row.stale())
                        .thenComparing(row -> row.hostId().value()))
                .limit(MAX_HOSTS)
                .sorted(Comparator.comparing(row -> row.hostId().value()))
                .toList();
    }
}
