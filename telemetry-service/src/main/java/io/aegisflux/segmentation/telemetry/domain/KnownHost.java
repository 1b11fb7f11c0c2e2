package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.Hook;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.PolicyUpdate;
import io.aegisflux.segmentation.contracts.TelemetryHosts;
import io.aegisflux.segmentation.contracts.TelemetrySummary;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A host, as it last reported. Freshness is measured by the broker's clock, which all hosts share; the order of a host's
 * own words by the host's.
 */
final class KnownHost {
    /** Three missed reports. */
    static final Duration STALE = Duration.ofSeconds(30);

    /** A host that is silent for so long is gone. */
    static final Duration GONE = Duration.ofHours(1);

    private final HostId id;
    private final Instant firstHeard;
    private final RuleRows rules = new RuleRows();
    private Instant reportedAt = Instant.MIN;
    private Instant capableAt = Instant.MIN;
    private MetricsReport figures;
    private boolean isCapable;
    private Map<Hook, Map<String, Integer>> programs = Map.of();
    private Action posture = Action.ALLOW;
    private HostCounters counters;
    private long revision;
    private Instant revisionAt = Instant.MIN;

    KnownHost(HostId id, Instant firstHeard) {
        this.id = id;
        this.firstHeard = firstHeard;
    }

    HostId id() {
        return id;
    }

    Instant firstHeard() {
        return firstHeard;
    }

    /** When the broker took its last metrics; empty before the first. */
    Optional<Instant> reportedAt() {
        return figures == null ? Optional.empty() : Optional.of(reportedAt);
    }

    /** Its last metrics, without the rules' hits. */
    Optional<MetricsReport> figures() {
        return Optional.ofNullable(figures);
    }

    Optional<HostCounters> counters() {
        return Optional.ofNullable(counters);
    }

    long revision() {
        return revision;
    }

    RuleRows rules() {
        return rules;
    }

    boolean isStale(Instant now) {
        return reportedAt.isBefore(now.minus(STALE));
    }

    boolean isGone(Instant now) {
        Instant heard = reportedAt.isAfter(capableAt) ? reportedAt : capableAt;
        return heard.isBefore(now.minus(GONE));
    }

    /** Whether metrics that the broker stored then are newer than what is known. */
    boolean isNews(Instant storedAt) {
        return storedAt.isAfter(reportedAt);
    }

    /**
     * Takes its metrics.
     *
     * @return packets that the rules stand for beyond what was known
     */
    Map<RuleKey, RuleRows.Added> take(MetricsReport report, Instant storedAt, RuleSums sums) {
        boolean restarted = figures != null && report.packetsTotal() < figures.packetsTotal();
        Map<RuleKey, RuleRows.Added> added = rules.take(report.ruleHits(), storedAt, restarted, sums);
        counters = HostCounters.after(counters, report, restarted);
        if (figures != null && report.timestamp().isBefore(figures.timestamp())) {
            revisionAt = Instant.MIN; // the host's clock was set back: what it said before is not later for that
        }
        figures = withoutRules(report);
        reportedAt = storedAt;
        tellsRevision(report.revision(), report.timestamp());
        return added;
    }

    /** Takes its capabilities, unless later ones are known. */
    boolean take(CapabilityReport report, Instant storedAt) {
        if (isCapable && !storedAt.isAfter(capableAt)) {
            return false;
        }
        isCapable = true;
        capableAt = storedAt;
        programs = HookStates.count(report.hookPoints());
        posture = report.posture();
        return true;
    }

    void take(PolicyUpdate applied) {
        tellsRevision(applied.revision(), applied.timestamp());
    }

    /** How it stands in the summary. */
    TelemetrySummary.HostSummary summary(Instant now) {
        return new TelemetrySummary.HostSummary(
                id,
                revision,
                figures != null ? reportedAt : capableAt,
                isStale(now),
                figures != null ? figures.packetsAllowed() : 0,
                figures != null ? figures.packetsDropped() : 0);
    }

    /**
     * How it stands, with its counters.
     *
     * @param desired null while nobody told
     */
    TelemetryHosts.HostRow row(Long desired, Instant now) {
        Optional<MetricsReport> told = figures();
        return new TelemetryHosts.HostRow(
                id,
                revision,
                desired,
                figures != null ? reportedAt : capableAt,
                isStale(now),
                told.map(MetricsReport::packetsAllowed).orElse(0L),
                told.map(MetricsReport::packetsDropped).orElse(0L),
                told.map(MetricsReport::packetsAudited).orElse(0L),
                told.map(MetricsReport::connectionsBlocked).orElse(0L),
                told.map(MetricsReport::eventsLost).orElse(0L),
                told.map(MetricsReport::tableBytes).orElse(0L),
                told.map(MetricsReport::tableCapacity).orElse(0L));
    }

    /** How often each hook is in which state. */
    Map<Hook, Map<String, Integer>> programs() {
        return programs;
    }

    /** By each reason for which traffic would pass unjudged, whether it does; empty before its first metrics. */
    Map<FailOpen, Boolean> failOpen() {
        return figures == null ? Map.of() : FailOpen.of(figures, programs, posture);
    }

    private void tellsRevision(long told, Instant at) {
        if (!at.isBefore(revisionAt)) {
            revision = told;
            revisionAt = at;
        }
    }

    private static MetricsReport withoutRules(MetricsReport r) {
        return new MetricsReport(
                r.hostId(),
                r.packetsTotal(),
                r.packetsAllowed(),
                r.packetsDropped(),
                r.connectionsBlocked(),
                r.programsLoaded(),
                r.policiesActive(),
                r.packetsAudited(),
                r.epoch(),
                r.revision(),
                r.generation(),
                r.eventsLost(),
                r.tableBytes(),
                r.tableCapacity(),
                List.of(),
                Map.of(),
                List.of(),
                r.maps().stream()
                        .filter(use -> HostFamilies.FLOWS.contains(use.map()))
                        .toList(),
                r.timestamp());
    }
}
