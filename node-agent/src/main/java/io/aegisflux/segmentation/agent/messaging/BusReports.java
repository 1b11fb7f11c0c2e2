package io.aegisflux.segmentation.agent.messaging;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.PolicyChanges;
import io.aegisflux.segmentation.agent.domain.Reports;
import io.aegisflux.segmentation.agent.domain.TimeOrderedIds;
import io.aegisflux.segmentation.contracts.BuildSpec;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyUpdate;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/** Reports on the host's own subjects; also in the log, where an operator without a broker finds them. */
public final class BusReports implements Reports {
    private static final System.Logger LOG = System.getLogger("node-agent");
    private static final int CAPACITY = 2_000;

    private final HostId host;
    private final InstantSource clock;
    private final TimeOrderedIds ids;
    private final Outbox<Outgoing> outbox;

    public BusReports(HostId host, BusLink bus, TimeOrderedIds ids, InstantSource clock) {
        this.host = requireNonNull(host, "host is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.ids = requireNonNull(ids, "ids is null");
        requireNonNull(bus, "bus is null");
        this.outbox = new Outbox<>(
                "reports",
                CAPACITY,
                bus::isConnected,
                message -> bus.publishAsync(message.subject, message.data, message.id));
    }

    /** Begins to send. */
    public void start() {
        outbox.start();
    }

    /** How many wait for the broker, and how many were dropped. */
    public Outbox<?> outbox() {
        return outbox;
    }

    @Override
    public void system(String type, String component, String message, String level, Map<String, Object> metadata) {
        Object detail = metadata.getOrDefault("detail", "");
        LOG.log(logLevel(level), () -> detail.equals("") ? message : message + System.lineSeparator() + detail);
        Instant now = clock.instant();
        send(Subjects.system(host), new SystemEvent(host.value(), type, component, message, level, now, metadata), now);
    }

    @Override
    public void policy(PolicyChanges.Change change, long revision, Map<String, Object> metadata) {
        Instant now = clock.instant();
        LOG.log(Level.INFO, "policy {0} {1}: {2}", change.policyId(), change.action(), metadata.get("result"));
        Map<String, Object> shown = new HashMap<>(metadata);
        send(
                Subjects.policyUpdates(host),
                new PolicyUpdate(
                        host,
                        change.policyId(),
                        change.action(),
                        change.type(),
                        change.version(),
                        revision,
                        now,
                        shown),
                now);
    }

    @Override
    public void requestBuild(BuildSpec spec) {
        send(Subjects.BUILDS_REQUESTED, spec, clock.instant());
    }

    /** Sends what is left, if the broker is there. */
    public void close(Duration patience) {
        outbox.close(patience);
    }

    private void send(String subject, Object message, Instant now) {
        outbox.offer(new Outgoing(subject, Wire.write(message), ids.next(now.toEpochMilli())));
    }

    private static Level logLevel(String level) {
        return switch (level) {
            case "debug" -> Level.DEBUG;
            case "warn" -> Level.WARNING;
            case "error" -> Level.ERROR;
            default -> Level.INFO;
        };
    }

    /** A message on its way; the id lets the broker drop what is sent twice. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Outgoing(String subject, byte[] data, String id) {}
}
