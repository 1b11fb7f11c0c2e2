package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.NatsMetadata;
import io.aegisflux.segmentation.nats.StateFollower;
import io.aegisflux.segmentation.policy.domain.DesiredRecord;
import io.aegisflux.segmentation.policy.domain.Position;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Notices that the streams are older than what hosts were told, as after a restore from a backup (RELIABILITY.md §4, 25).
 * What would be said then is either refused by the hosts, as stale, or older policy. A person has to look and raise the
 * epoch; until then hosts keep what they have.
 */
@ApplicationScoped
public class RestoreWatch {
    private static final String REMEDY = "were the streams restored from a backup? See that the policies are those that"
            + " should hold, then start every instance with POLICY_EPOCH=%d";

    private final Bus bus;
    private final DesiredLog desired;
    private final OwnReports reports;
    private final Set<HostId> ahead = ConcurrentHashMap.newKeySet();
    private volatile Position complainedOf = Position.START;
    private volatile StateFollower follower;

    @Inject
    public RestoreWatch(Bus bus, DesiredLog desired, OwnReports reports) {
        this.bus = bus;
        this.desired = desired;
        this.reports = reports;
    }

    void start(@Observes StartupEvent event) {
        follower = StateFollower.lastOfEach(bus, Streams.METRICS, Subjects.each(Subjects.METRICS), this::compare);
    }

    void stop(@Observes ShutdownEvent event) {
        follower.close();
    }

    /** Says, once for each, that a host was told what the policy store or the rollouts do not hold (any more). */
    void storeIsBehind(HostId host, Position told, Position known) {
        if (complainedOf.equals(told)) {
            return;
        }
        complainedOf = told;
        boolean ofPolicies = known.policies() < told.policies();
        reports.complain(
                SystemEvent.ERROR,
                "desired-states",
                "%s was told what came of message %d of %s, which has %d: %s"
                        .formatted(
                                host,
                                ofPolicies ? told.policies() : told.rollouts(),
                                ofPolicies ? Streams.POLICY_STORE : Streams.ROLLOUTS,
                                ofPolicies ? known.policies() : known.rollouts(),
                                remedy()),
                Map.of(
                        "host_id", host,
                        "told", ofPolicies ? told.policies() : told.rollouts(),
                        "known", ofPolicies ? known.policies() : known.rollouts()),
                "behind-" + told);
    }

    private void compare(byte[] data, NatsMetadata metadata) {
        MetricsReport report;
        try {
            report = Wire.read(data, MetricsReport.class);
        } catch (MalformedMessageException e) {
            return; // telemetry-service reports those
        }
        HostId host = report.hostId();
        if (!host.value().equals(metadata.token()) || !desired.isComplete()) {
            return;
        }
        boolean isAhead = isAhead(report, desired.now().of(host)) && isAhead(report, desired.refresh(host));
        if (!isAhead) {
            ahead.remove(host);
        } else if (ahead.add(host)) {
            complain(report, desired.now().of(host));
        }
    }

    private boolean isAhead(MetricsReport report, DesiredRecord told) {
        return report.epoch() > desired.epoch()
                || report.epoch() == desired.epoch() && report.revision() > told.revision();
    }

    private void complain(MetricsReport report, DesiredRecord told) {
        reports.complain(
                SystemEvent.ERROR,
                "desired-states",
                "%s enforces epoch %d revision %d, but was told epoch %d revision %d at most and will refuse what it is told: %s"
                        .formatted(
                                report.hostId(),
                                report.epoch(),
                                report.revision(),
                                desired.epoch(),
                                told.revision(),
                                REMEDY.formatted(Math.max(report.epoch(), desired.epoch()) + 1)),
                Map.of(
                        "host_id", report.hostId(),
                        "epoch", report.epoch(),
                        "revision", report.revision()),
                "ahead-%s-%d-%d".formatted(report.hostId(), report.epoch(), report.revision()));
    }

    private String remedy() {
        return REMEDY.formatted(desired.epoch() + 1);
    }
}
