package io.aegisflux.segmentation.agent.domain;

import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.Reason;
import java.util.List;
import java.util.Map;

/**
 * The kernel's counters since the programs were first loaded, summed over CPUs.
 *
 * @param packets judged by the enforcing hooks, each packet once a hook
 * @param connectionsBlocked by the connect hooks
 * @param eventsLost decisions that found the ring buffer full
 * @param drops packets by reason
 * @param rules packets and bytes by deciding rule of the table in force
 */
public record Counters(
        long packets,
        long allowed,
        long dropped,
        long audited,
        long connectionsBlocked,
        long eventsLost,
        Map<Reason, Long> drops,
        List<MetricsReport.RuleHit> rules) {
    public Counters {
        drops = Map.copyOf(drops);
        rules = List.copyOf(rules);
    }
}
