package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.Hook;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.Verdict;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A host's counters as Prometheus sees them: those of its kernel, which begin again at zero when the host does.
 *
 * @param verdicts of the hooks that see packets; empty when the host does not tell them apart
 * @param drops packets by reason; what is no reason that we know is {@link #OTHER}
 * @param eventsLost does not fall when only the agent restarts, though the agent's own part of it begins again
 * @param eventsLostTold as in the report
 */
record HostCounters(
        Map<Hook, Map<Verdict, Traffic>> verdicts,
        long connectionsBlocked,
        Map<String, Long> drops,
        long eventsLost,
        long eventsLostTold) {
    static final String OTHER = "OTHER";

    record Traffic(long packets, long bytes) {
        Traffic plus(Traffic more) {
            return new Traffic(Saturating.sum(packets, more.packets), Saturating.sum(bytes, more.bytes));
        }
    }

    /**
     * The counters after a report.
     *
     * @param before null when it is the first
     * @param restarted whether the host's counters began again at zero
     */
    static HostCounters after(HostCounters before, MetricsReport report, boolean restarted) {
        long lost = before == null || restarted
                ? report.eventsLost()
                : Saturating.sum(before.eventsLost, Math.max(0, report.eventsLost() - before.eventsLostTold));
        return new HostCounters(
                verdicts(report), report.connectionsBlocked(), drops(report), lost, report.eventsLost());
    }

    private static Map<Hook, Map<Verdict, Traffic>> verdicts(MetricsReport report) {
        Map<Hook, Map<Verdict, Traffic>> verdicts = new EnumMap<>(Hook.class);
        for (MetricsReport.HookVerdict row : report.verdicts()) {
            if (row.hook() != Hook.CONNECT4 && row.hook() != Hook.CONNECT6) {
                verdicts.computeIfAbsent(row.hook(), ignored -> new EnumMap<>(Verdict.class))
                        .merge(row.verdict(), new Traffic(row.packets(), row.bytes()), Traffic::plus);
            }
        }
        return verdicts;
    }

    private static Map<String, Long> drops(MetricsReport report) {
        Map<String, Long> drops = new TreeMap<>();
        report.drops().forEach((reason, packets) -> drops.merge(known(reason), packets, Saturating::sum));
        return drops;
    }

    private static String known(String told) {
        for (Reason reason : Reason.values()) {
            if (reason.wireName().equals(told)) {
                return told;
            }
        }
        return OTHER;
    }
}
