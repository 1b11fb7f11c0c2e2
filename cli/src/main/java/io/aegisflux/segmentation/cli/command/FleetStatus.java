package io.aegisflux.segmentation.cli.command;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonValue;
import io.aegisflux.segmentation.cli.bus.FleetBus;
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

    /** A report takes its way to the broker, so much that a difference of clocks is seen only beyond this. */
    static final Duration CLOCKS_APART = Duration.ofSeconds(10);

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
     * @param lastReport when the broker took it
     * @param clockAheadSeconds by how much the host's clock is ahead of the broker's, negative behind; null where they agree
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
            Instant lastReport,
            Long clockAheadSeconds) {

        /**
         * @param report null when there is none
         */
        static Host of(PolicyApi.HostSummary desired, FleetBus.Told told, Instant now) {
            if (told == null) {
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
                        null,
                        null);
            }
            MetricsReport report = told.report();
            return new Host(
                    desired.hostId(),
                    state(desired, told, now),
                    desired.desiredEpoch(),
                    desired.desiredRevision(),
                    report.epoch(),
                    report.revision(),
                    report.packetsAllowed(),
                    report.packetsDropped(),
                    report.eventsLost(),
                    told.takenAt(),
                    ahead(told));
        }

        /** In whole seconds; null where the clocks agree to {@link #CLOCKS_APART}: a report takes its time, too. */
        private static Long ahead(FleetBus.Told told) {
            Duration ahead = Duration.between(told.takenAt(), told.report().timestamp());
            return ahead.abs().compareTo(CLOCKS_APART) > 0 ? Math.round(ahead.toMillis() / 1000.0) : null;
        }

        private static HostState state(PolicyApi.HostSummary desired, FleetBus.Told told, Instant now) {
            MetricsReport report = told.report();
            if (told.takenAt().isBefore(now.minus(HOST_SILENCE))) {
                return HostState.STALE;
            }
            int epochs = Long.compare(report.epoch(), desired.desiredEpoch());
            int order = epochs != 0 ? epochs : Long.compare(report.revision(), desired.desiredRevision());
            return order == 0 ? HostState.IN_STEP : order < 0 ? HostState.BEHIND : HostState.AHEAD;
        }
    }

    static List<Host> hosts(PolicyApi.HostsReply desired, Map<HostId, FleetBus.Told> reports, Instant now) {
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
