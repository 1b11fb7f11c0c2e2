package io.aegisflux.segmentation.cli.command;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonValue;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.Mode;
import io.aegisflux.segmentation.contracts.PolicyApi;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The whole system on one screen.
 *
 * @param policies null when policy-service did not answer
 * @param hosts null when policy-service did not answer
 */
record FleetStatus(Broker broker, List<Service> services, Policies policies, List<Host> hosts) {
    /** A host that said nothing for so long is stale. */
    static final Duration HOST_SILENCE = Duration.ofSeconds(30);

    /** Services beat every 30 s; two and a half missed beats are silence. */
    static final Duration SERVICE_SILENCE = Duration.ofSeconds(75);

    record Broker(String url, String version, boolean jetstream) {}

    /**
     * @param lastHeard null for never
     */
    record Service(String name, boolean alive, Instant lastHeard) {}

    record Policies(long enforced, long audit, long disabled, long epoch, long revision) {
        static Policies of(PolicyApi.ListReply reply) {
            return new Policies(
                    reply.policies().stream()
                            .filter(policy -> policy.enabled() && policy.mode() != Mode.AUDIT)
                            .count(),
                    reply.policies().stream()
                            .filter(policy -> policy.enabled() && policy.mode() == Mode.AUDIT)
                            .count(),
                    reply.policies().stream()
                            .filter(policy -> !policy.enabled())
                            .count(),
                    reply.epoch(),
                    reply.revision());
        }
    }

    /** Where a host stands against what is desired of it. */
    enum HostState {
        IN_STEP,
        BEHIND,
        /** Runs what this policy-service never told it: the streams were restored or begun anew, see POLICY_EPOCH. */
        AHEAD,
        STALE,
        NO_REPORT;

        @JsonValue
        String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param reportedRevision null without a report, as all that follows
     */
    record Host(
            HostId hostId,
            HostState state,
            long desiredEpoch,
            long desiredRevision,
            Long reportedEpoch,
            Long reportedRevision,
            Long packetsAllowed,
            Long packetsDropped,
            Long eventsLost,
            Instant lastReport) {

        /**
         * @param report null when there is none
         */
        static Host of(PolicyApi.HostSummary desired, MetricsReport report, Instant now) {
            if (report == null) {
                return new Host(
                        desired.hostId(),
                        HostState.NO_REPORT,
                        desired.desiredEpoch(),
                        desired.desiredRevision(),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null);
            }
            return new Host(
                    desired.hostId(),
                    state(desired, report, now),
                    desired.desiredEpoch(),
                    desired.desiredRevision(),
                    report.epoch(),
                    report.revision(),
                    report.packetsAllowed(),
                    report.packetsDropped(),
                    report.eventsLost(),
                    report.timestamp());
        }

        private static HostState state(PolicyApi.HostSummary desired, MetricsReport report, Instant now) {
            if (report.timestamp().isBefore(now.minus(HOST_SILENCE))) {
                return HostState.STALE;
            }
            int epochs = Long.compare(report.epoch(), desired.desiredEpoch());
            int order = epochs != 0 ? epochs : Long.compare(report.revision(), desired.desiredRevision());
            return order == 0 ? HostState.IN_STEP : order < 0 ? HostState.BEHIND : HostState.AHEAD;
        }
    }

    static List<Host> hosts(PolicyApi.HostsReply desired, Map<HostId, MetricsReport> reports, Instant now) {
        return desired.hosts().stream()
                .map(host -> Host.of(host, reports.get(host.hostId()), now))
                .sorted(Comparator.comparing(host -> host.hostId().value()))
                .toList();
    }

    /** Whether policy-service answered. */
    @JsonIgnore
    boolean isKnown() {
        return policies != null && hosts != null;
    }

    /** Hosts that have not applied what is desired. */
    long lagging() {
        return hosts == null ? 0 : hosts.size() - count(HostState.IN_STEP);
    }

    long count(HostState state) {
        return hosts == null
                ? 0
                : hosts.stream().filter(host -> host.state() == state).count();
    }
}
