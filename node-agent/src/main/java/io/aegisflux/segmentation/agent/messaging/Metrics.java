package io.aegisflux.segmentation.agent.messaging;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.Counters;
import io.aegisflux.segmentation.agent.domain.PolicyChanges;
import io.aegisflux.segmentation.agent.domain.Running;
import io.aegisflux.segmentation.agent.domain.TableIdentity;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Verdict;
import io.aegisflux.segmentation.contracts.Wire;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The host's counters on {@code segmentation.metrics.<host>}. Metrics are state: what cannot be sent now is not kept. */
public final class Metrics {
    private static final System.Logger LOG = System.getLogger(Metrics.class.getName());
    private final HostId host;
    private final BusLink bus;
    private volatile Sample last = new Sample(Counters.NONE, Optional.empty(), Map.of(), RuleTable.EMPTY, 0);

    public Metrics(HostId host, BusLink bus) {
        this.host = requireNonNull(host, "host is null");
        this.bus = requireNonNull(bus, "bus is null");
    }

    /**
     * Everything that was measured at one time.
     *
     * @param lostHere events that the agent itself dropped
     */
    public record Sample(
            Counters counters, Optional<Running> running, Map<String, String> hooks, RuleTable table, long lostHere) {
        /** Hooks that have a program. */
        public long programsLoaded() {
            return hooks.values().stream().filter(how -> !how.startsWith("off")).count();
        }

        /** Policies that decide something here. */
        public long policiesActive() {
            return PolicyChanges.deciding(table).size();
        }

        /** Decisions that nobody will hear of: lost in the kernel or in the agent. */
        public long eventsLost() {
            return counters.eventsLost() + lostHere;
        }
    }

    /** The sample that was published last; zeros before the first. */
    public Sample last() {
        return last;
    }

    /** Publishes a sample. */
    public void publish(Sample sample, Instant now) {
        last = sample;
        if (!bus.isConnected()) {
            return;
        }
        bus.publishAsync(Subjects.metrics(host), Wire.write(report(sample, now)), null)
                .whenComplete((acknowledgement, failure) -> {
                    if (failure != null) {
                        LOG.log(Level.DEBUG, "metrics were not taken", failure);
                    }
                });
    }

    private MetricsReport report(Sample sample, Instant now) {
        Counters counters = sample.counters();
        Optional<TableIdentity> identity = sample.running().flatMap(Running::identity);
        Map<String, Long> drops = new HashMap<>();
        counters.drops().forEach((reason, count) -> drops.put(reason.wireName(), count));
        return new MetricsReport(
                host,
                counters.packets(),
                counters.packets(Verdict.ALLOWED),
                counters.packets(Verdict.DROPPED),
                counters.connectionsBlocked(),
                sample.programsLoaded(),
                sample.policiesActive(),
                counters.packets(Verdict.AUDITED),
                identity.map(TableIdentity::epoch).orElse(0L),
                identity.map(TableIdentity::revision).orElse(0L),
                sample.running().map(Running::generation).orElse(0L),
                sample.eventsLost(),
                sample.running().map(Running::tableBytes).orElse(0L),
                sample.running().map(Running::tableCapacity).orElse(0L),
                counters.rules(),
                drops,
                counters.verdicts(),
                counters.maps(),
                now);
    }
}
