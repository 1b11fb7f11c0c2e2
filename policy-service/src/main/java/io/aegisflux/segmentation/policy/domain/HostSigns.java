package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.PolicyUpdate;
import io.aegisflux.segmentation.contracts.SystemEvent;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What hosts have said about the staged versions that are watched. Read from the streams from before the versions were
 * stored, it comes out the same in every instance and after a restart. For one thread at a time.
 */
public final class HostSigns {
    private static final String APPLIED = "applied";

    private final Map<PolicyId, Watched> watched;
    private final Map<HostId, Host> hosts = new HashMap<>();

    /**
     * A staged version.
     *
     * @param baseVersion 0 when it is over nothing
     * @param denying the rules whose packets are dropped
     */
    public record Watched(long version, long baseVersion, Set<String> denying) {
        public Watched {
            denying = Set.copyOf(denying);
        }
    }

    /** What a host enforces, by its own account. */
    public record Loaded(long epoch, long revision, Instant at) {}

    private static final class Host {
        private Instant heardAt;
        private Loaded loaded;
        private long packets;
        private Failure failure;
        private final Map<PolicyId, Instant> acknowledged = new HashMap<>();
        private final Map<PolicyId, String> refused = new HashMap<>();
        private final Map<PolicyId, Long> versions = new HashMap<>();
        private final Map<PolicyId, Drops> drops = new HashMap<>();

        /** The earliest counts: the streams are read beside each other, counters may be ahead of what came before them. */
        private void acknowledge(PolicyId policy, Instant at) {
            acknowledged.merge(policy, at, (known, other) -> other.isBefore(known) ? other : known);
        }
    }

    private record Failure(long epoch, long revision, String message) {}

    public HostSigns(Map<PolicyId, Watched> watched) {
        this.watched = Map.copyOf(watched);
    }

    /** What this was made to watch. */
    public Map<PolicyId, Watched> watched() {
        return watched;
    }

    /**
     * A host applied a policy, or would not.
     *
     * @param storedAt by the broker's clock
     * @param receivedAt by ours
     */
    public void updated(PolicyUpdate update, Instant storedAt, Instant receivedAt) {
        Watched wanted = watched.get(update.policyId());
        if (wanted == null) {
            return;
        }
        Host host = heard(update.hostId(), receivedAt);
        boolean isWanted = update.version() != null && update.version() == wanted.version();
        if (!APPLIED.equals(update.metadata().get("result"))) {
            if (isWanted) {
                host.refused.putIfAbsent(
                        update.policyId(),
                        String.valueOf(update.metadata().getOrDefault("reason", "it gives no reason")));
            }
            return;
        }
        host.versions.put(update.policyId(), update.version() == null ? 0 : update.version());
        if (isWanted) {
            host.acknowledge(update.policyId(), storedAt);
        }
    }

    /** A host's counters; times as above. */
    public void measured(MetricsReport report, Instant storedAt, Instant receivedAt) {
        Host host = heard(report.hostId(), receivedAt);
        if (host.loaded != null && !storedAt.isAfter(host.loaded.at())) {
            return; // a second reading
        }
        boolean isFirst = host.loaded == null;
        boolean restarted = report.packetsTotal() < host.packets;
        host.loaded = new Loaded(report.epoch(), report.revision(), storedAt);
        host.packets = report.packetsTotal();
        watched.forEach((policy, wanted) -> host.drops
                .computeIfAbsent(policy, ignored -> new Drops())
                .take(report, policy, wanted, isFirst, restarted));
    }

    /** Something happened on a host; times as above. */
    public void happened(HostId id, SystemEvent event, Instant receivedAt) {
        Host host = heard(id, receivedAt);
        boolean ofTable = SystemEvent.TABLE_REJECTED.equals(event.eventType())
                || SystemEvent.TABLE_ROLLED_BACK.equals(event.eventType());
        if (ofTable
                && event.metadata().get("epoch") instanceof Number epoch
                && event.metadata().get("revision") instanceof Number revision) {
            host.failure = new Failure(epoch.longValue(), revision.longValue(), event.message());
        }
    }

    /** What a host enforces by its last counters. */
    public Optional<Loaded> loaded(HostId host) {
        return Optional.ofNullable(hosts.get(host)).map(it -> it.loaded);
    }

    /** The version of a watched policy that a host said to have applied last; 0 for none, empty when it has not said. */
    public Optional<Long> version(HostId host, PolicyId policy) {
        return Optional.ofNullable(hosts.get(host)).map(it -> it.versions.get(policy));
    }

    /**
     * How a canary host stands.
     *
     * @param told what it was told last
     * @param isToldOfIt whether that has the staged version
     */
    public CanarySigns canary(HostId id, PolicyId policy, DesiredRecord told, boolean isToldOfIt) {
        Host host = hosts.get(id);
        if (host == null) {
            return CanarySigns.none(id);
        }
        // An agent that was killed between applying and saying so tells by its counters what it enforces.
        if (isToldOfIt
                && host.loaded != null
                && host.loaded.epoch() == told.epoch()
                && host.loaded.revision() == told.revision()) {
            host.acknowledge(policy, host.loaded.at());
        }
        Instant acknowledgedAt = host.acknowledged.get(policy);
        String trouble = host.refused.get(policy);
        if (trouble == null
                && acknowledgedAt == null
                && isToldOfIt
                && host.failure != null
                && host.failure.epoch() == told.epoch()
                && host.failure.revision() == told.revision()) {
            trouble = host.failure.message();
        }
        Drops drops = host.drops.get(policy);
        return new CanarySigns(
                id,
                acknowledgedAt,
                host.heardAt,
                host.loaded == null ? null : host.loaded.at(),
                drops == null ? 0 : drops.total(),
                trouble);
    }

    private Host heard(HostId id, Instant receivedAt) {
        Host host = hosts.computeIfAbsent(id, ignored -> new Host());
        host.heardAt = receivedAt;
        return host;
    }

    /**
     * Packets that the denying rules of a version dropped on a host. A rule's counter goes on from version to version, so
     * what it was before is taken off.
     */
    private static final class Drops {
        private Map<String, Long> before;
        private final Map<String, Long> now = new HashMap<>();
        private Map<String, Long> last = Map.of();
        private long carried;

        void take(MetricsReport report, PolicyId policy, Watched wanted, boolean isFirst, boolean restarted) {
            Map<String, Long> counters = new HashMap<>();
            Map<String, Long> dropped = new HashMap<>();
            for (MetricsReport.RuleHit hit : report.ruleHits()) {
                if (hit.policyId().equals(policy)) {
                    counters.put(hit.ruleId(), hit.packets());
                    if (hit.policyVersion() == wanted.version()
                            && wanted.denying().contains(hit.ruleId())) {
                        dropped.put(hit.ruleId(), hit.packets());
                    }
                }
            }
            if (restarted) {
                carried = total();
                now.clear();
                before = before == null ? null : Map.of();
                last = Map.of();
            }
            if (before == null && !dropped.isEmpty()) {
                // Where nothing older is known, the counters may be of years.
                before = isFirst && wanted.baseVersion() > 0 ? dropped : last;
            }
            now.putAll(dropped);
            last = counters;
        }

        long total() {
            long sum = carried;
            for (Map.Entry<String, Long> rule : now.entrySet()) {
                sum += Math.max(0, rule.getValue() - before.getOrDefault(rule.getKey(), 0L));
            }
            return sum;
        }
    }
}
