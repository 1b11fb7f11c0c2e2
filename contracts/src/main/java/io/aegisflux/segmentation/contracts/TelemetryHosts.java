package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;

/**
 * How the hosts stand, on {@code segmentation.telemetry.hosts}.
 *
 * @param hosts by id; of more than {@link #MOST}, those that are stale go first
 * @param omitted hosts that did not fit
 */
public record TelemetryHosts(Instant at, List<HostRow> hosts, long omitted) {
    public static final int MOST = 2_000;

    public TelemetryHosts {
        requireNonNull(at, "at is missing");
        hosts = Frozen.list(hosts, "hosts");
        Figures.requireCount(omitted, "omitted");
    }

    /**
     * The last that a host said. Packets and connects count since its programs were loaded.
     *
     * @param revision what it has loaded
     * @param desiredRevision what it should have; null while policy-service has not told
     * @param lastReport its last metrics, or its last capability report while it has sent none
     * @param stale whether it has not reported for half a minute
     * @param tableBytes memory that its rules take
     * @param tableCapacity memory that they may take
     */
    public record HostRow(
            HostId hostId,
            long revision,
            Long desiredRevision,
            Instant lastReport,
            boolean stale,
            long packetsAllowed,
            long packetsDropped,
            long packetsAudited,
            long connectionsBlocked,
            long eventsLost,
            long tableBytes,
            long tableCapacity) {
        public HostRow {
            requireNonNull(hostId, "host_id is missing");
            requireNonNull(lastReport, "last_report is missing");
            Figures.requireCount(revision, "revision");
            if (desiredRevision != null) {
                Figures.requireCount(desiredRevision, "desired_revision");
            }
            Figures.requireCount(packetsAllowed, "packets_allowed");
            Figures.requireCount(packetsDropped, "packets_dropped");
            Figures.requireCount(packetsAudited, "packets_audited");
            Figures.requireCount(connectionsBlocked, "connections_blocked");
            Figures.requireCount(eventsLost, "events_lost");
            Figures.requireCount(tableBytes, "table_bytes");
            Figures.requireCount(tableCapacity, "table_capacity");
        }
    }
}
