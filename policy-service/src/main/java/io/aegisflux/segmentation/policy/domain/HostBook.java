package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Workload;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The latest capability report of every host. Immutable.
 *
 * @param reportedAt when the broker took each report: the clocks of hosts may be wrong
 * @param sequence of the last message of the hosts' stream that was read
 */
public record HostBook(Map<HostId, CapabilityReport> reports, Map<HostId, Instant> reportedAt, long sequence) {
    public static final HostBook EMPTY = new HostBook(Map.of(), Map.of(), 0);

    public HostBook {
        reports = Shards.of(reports);
        reportedAt = Shards.of(reportedAt);
    }

    /** Having read so far, whatever that message said. */
    public HostBook readTo(long messageSequence) {
        return new HostBook(reports, reportedAt, Math.max(sequence, messageSequence));
    }

    /**
     * With this report; the stream's order is the order that counts, the clocks of hosts do not.
     *
     * @param takenAt by the broker's clock
     */
    public HostBook with(CapabilityReport report, Instant takenAt, long messageSequence) {
        return new HostBook(
                        Shards.of(reports).with(report.hostId(), report),
                        Shards.of(reportedAt).with(report.hostId(), takenAt),
                        sequence)
                .readTo(messageSequence);
    }

    /** Of a host whose clock is the broker's. */
    HostBook with(CapabilityReport report, long messageSequence) {
        return with(report, report.timestamp(), messageSequence);
    }

    /** Without this host, which was removed. */
    public HostBook without(HostId host, long messageSequence) {
        return new HostBook(
                        Shards.of(reports).without(host), Shards.of(reportedAt).without(host), sequence)
                .readTo(messageSequence);
    }

    /** By host id. */
    public List<CapabilityReport> all() {
        return reports.values().stream()
                .sorted(Comparator.comparing(report -> report.hostId().value()))
                .toList();
    }

    /** All hosts and what lives on them, in an order that does not depend on who reported first. */
    public List<Workload> workloads() {
        return all().stream().flatMap(HostBook::workloads).toList();
    }

    /** The host itself, where it has addresses, and what lives on it. */
    public static Stream<Workload> workloads(CapabilityReport report) {
        return Stream.concat(
                report.addresses().isEmpty() ? Stream.empty() : Stream.of(report.workload()),
                report.workloads().stream());
    }
}
