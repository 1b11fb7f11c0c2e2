package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Workload;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The latest capability report of every host. Immutable. */
public record HostBook(Map<HostId, CapabilityReport> reports) {
    public static final HostBook EMPTY = new HostBook(Map.of());

    public HostBook {
        reports = Map.copyOf(reports);
    }

    /** With this report, unless a later one of the host is in here. */
    public HostBook with(CapabilityReport report) {
        CapabilityReport known = reports.get(report.hostId());
        if (known != null && !isLater(report, known)) {
            return this;
        }
        Map<HostId, CapabilityReport> next = new HashMap<>(reports);
        next.put(report.hostId(), report);
        return new HostBook(next);
    }

    /** Whether a report replaces what is known. */
    public boolean isNews(CapabilityReport report) {
        CapabilityReport known = reports.get(report.hostId());
        return known == null || isLater(report, known);
    }

    public Collection<CapabilityReport> all() {
        return reports.values();
    }

    /** What lives on all hosts, in an order that does not depend on who reported first. */
    public List<Workload> workloads() {
        return reports.values().stream()
                .sorted(Comparator.comparing(report -> report.hostId().value()))
                .flatMap(report -> report.workloads().stream())
                .toList();
    }

    private static boolean isLater(CapabilityReport report, CapabilityReport known) {
        return instant(report).isAfter(instant(known));
    }

    private static Instant instant(CapabilityReport report) {
        return report.timestamp() == null ? Instant.EPOCH : report.timestamp();
    }
}
