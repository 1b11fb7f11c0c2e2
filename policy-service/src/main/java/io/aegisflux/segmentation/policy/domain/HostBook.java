package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Workload;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The latest capability report of every host. Immutable.
 *
 * @param sequence of the last message of the hosts' stream that was read
 */
public record HostBook(Map<HostId, CapabilityReport> reports, long sequence) {
    public static final HostBook EMPTY = new HostBook(Map.of(), 0);

    public HostBook {
        reports = Map.copyOf(reports);
    }

    /** Having read so far, whatever that message said. */
    public HostBook readTo(long messageSequence) {
        return new HostBook(reports, Math.max(sequence, messageSequence));
    }

    /** With this report; the stream's order is the order that counts, the clocks of hosts do not. */
    public HostBook with(CapabilityReport report, long messageSequence) {
        Map<HostId, CapabilityReport> next = new HashMap<>(reports);
        next.put(report.hostId(), report);
        return new HostBook(next, sequence).readTo(messageSequence);
    }

    /** By host id. */
    public List<CapabilityReport> all() {
        return reports.values().stream()
                .sorted(Comparator.comparing(report -> report.hostId().value()))
                .toList();
    }

    /** What lives on all hosts, in an order that does not depend on who reported first. */
    public List<Workload> workloads() {
        return all().stream().flatMap(report -> report.workloads().stream()).toList();
    }
}
