package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.nats.SequenceConflictException;
import io.aegisflux.segmentation.nats.StoredMessage;
import io.aegisflux.segmentation.nats.StreamCatalog;
import io.aegisflux.segmentation.nats.SubjectLog;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keeps the latest capability report of every host in the hosts' stream, whichever instance saw it and in what order. */
@ApplicationScoped
public class HostStore {
    /** When the broker stored the report; the clocks of hosts do not order anything. */
    private static final String REPORTED = "Segmentation-Reported";

    /** Names the host that was removed. */
    private static final String REMOVED = "Segmentation-Removed";

    private static final byte[] REMOVAL = new byte[0];
    private static final int CONFLICTS_BORNE = 20;

    private final Bus bus;
    private final SubjectLog log;

    @Inject
    public HostStore(Bus bus) {
        this.bus = bus;
        this.log = new SubjectLog(bus, Streams.HOSTS);
    }

    /**
     * Keeps a report, unless a later one of the host is kept.
     *
     * @param reported when the broker stored it
     * @throws BusException when the stream does not take it
     */
    void keep(CapabilityReport report, Instant reported) {
        String subject = Subjects.host(report.hostId());
        StreamCatalog.ensure(bus, Streams.HOSTS);
        for (int attempt = 0; attempt < CONFLICTS_BORNE; attempt++) {
            Optional<StoredMessage> kept = log.newest(subject);
            if (kept.flatMap(message -> reported(report.hostId(), message))
                    .filter(known -> !known.isBefore(reported))
                    .isPresent()) {
                return;
            }
            try {
                bus.publishExpecting(
                        subject,
                        Wire.write(report),
                        Map.of(REPORTED, reported.toString()),
                        null,
                        kept.map(StoredMessage::sequence).orElse(0L));
                return;
            } catch (SequenceConflictException e) {
                // Another instance was first; see whose is later.
            }
        }
        throw new BusException("%s changed %d times meanwhile".formatted(subject, CONFLICTS_BORNE), null);
    }

    /**
     * Forgets a host, for all instances. One that reports later is known again.
     *
     * @throws SequenceConflictException when it reports just now
     * @throws BusException when the stream does not take it
     */
    void remove(HostId host) {
        String subject = Subjects.host(host);
        long last = log.newest(subject).map(StoredMessage::sequence).orElse(0L);
        bus.publishExpecting(subject, REMOVAL, Map.of(REMOVED, host.value()), null, last);
    }

    /**
     * Whether a message of the hosts' stream says that the host was removed. An empty one alone does not: the broker's own
     * replies may be, and a client can make it write them here.
     */
    static boolean isRemoval(String host, byte[] message, Map<String, List<String>> headers) {
        return message.length == 0 && headers.getOrDefault(REMOVED, List.of()).contains(host);
    }

    /** A message of the hosts' stream, if it is a report of the host whose subject it stands on. */
    static Optional<CapabilityReport> read(String host, byte[] message) {
        try {
            return Optional.of(Wire.read(message, CapabilityReport.class))
                    .filter(report -> report.hostId().value().equals(host));
        } catch (MalformedMessageException e) {
            return Optional.empty();
        }
    }

    /** When the broker took the report that a message of the hosts' stream keeps, by its headers. */
    static Optional<Instant> reportedAt(Map<String, List<String>> headers) {
        try {
            return Optional.of(
                    Instant.parse(headers.getOrDefault(REPORTED, List.of("")).getFirst()));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Empty when the message is none of ours: then anything is later. */
    private static Optional<Instant> reported(HostId host, StoredMessage message) {
        return read(host.value(), message.data()).flatMap(report -> reportedAt(message.headers()));
    }
}
