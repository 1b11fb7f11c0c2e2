package io.aegisflux.segmentation.policy.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.EventId;
import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.ApiException;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.NatsMetadata;
import io.aegisflux.segmentation.nats.StreamCatalog;
import io.aegisflux.segmentation.nats.StreamReplay;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * The events that the stream still holds. One is found from the time that its id tells: it was stored soon after, unless its
 * host was away from the broker. For one who asks at a time, as many may be looked at.
 */
@ApplicationScoped
public class EventHistory {
    /** By which clocks of hosts and brokers differ at most. */
    private static final Duration SKEW = Duration.ofMinutes(1);

    /** How much later it is looked for among the events of all hosts. */
    private static final Duration LATE = Duration.ofMinutes(10);

    /** How many are looked at. */
    private static final int MOST = 200_000;

    private final Bus bus;
    private final Semaphore turn = new Semaphore(1, true);

    @Inject
    public EventHistory(Bus bus) {
        this.bus = bus;
    }

    /**
     * The event.
     *
     * @param host that it is of; null when that is not known
     * @throws ApiException when it is not found, saying why and what helps
     */
    FlowEvent find(EventId id, HostId host) {
        StreamCatalog.ensure(bus, Streams.EVENTS);
        turn.acquireUninterruptibly();
        try {
            Search search = new Search(id, host == null ? id.time().plus(LATE) : Instant.MAX);
            StreamReplay.seek(
                    bus,
                    Streams.EVENTS,
                    host == null ? Subjects.held(Subjects.EVENTS) : Subjects.held(Subjects.EVENTS, host),
                    id.time().minus(SKEW),
                    search::wantsMore);
            return search.found.orElseThrow(() -> notFound(id, host, search));
        } finally {
            turn.release();
        }
    }

    private static final class Search {
        private final EventId id;
        private final Instant until;
        private Optional<FlowEvent> found = Optional.empty();
        private int looked;

        Search(EventId id, Instant until) {
            this.id = id;
            this.until = until;
        }

        boolean wantsMore(byte[] data, NatsMetadata metadata) {
            if (metadata.timestamp().isAfter(until)) {
                return false;
            }
            looked++;
            // looking for the text costs less than reading each
            if (new String(data, UTF_8).contains(id.value())) {
                found = event(data, metadata);
            }
            return found.isEmpty() && looked < MOST;
        }

        private Optional<FlowEvent> event(byte[] data, NatsMetadata metadata) {
            try {
                FlowEvent event = Wire.read(data, FlowEvent.class);
                return event.id().equals(id.value()) && event.hostId().value().equals(metadata.token())
                        ? Optional.of(event)
                        : Optional.empty();
            } catch (MalformedMessageException e) {
                return Optional.empty();
            }
        }
    }

    private ApiException notFound(EventId id, HostId host, Search search) {
        Instant now = Instant.now();
        String where = host == null ? "" : " of host " + host;
        if (id.time().isAfter(now.plus(SKEW))) {
            return refused(
                    "no event%s has the id %s, whose time, %s, is yet to come".formatted(where, id, id.time()),
                    "copy it as 'segctl events' shows it, behind id=");
        }
        Optional<Instant> oldest = StreamReplay.oldest(bus, Streams.EVENTS);
        if (oldest.isEmpty()) {
            return refused(
                    "no event has the id %s: the stream holds none at all".formatted(id),
                    "segctl doctor says whether agents and telemetry-service are well");
        }
        if (id.time().isBefore(oldest.get())) {
            String instead =
                    "it keeps 24 hours, at most 512 MiB; explain its packet instead, with --host, --from and --to";
            return refused(
                    "event %s of %s is not held any more: the stream begins at %s"
                            .formatted(id, id.time(), oldest.get()),
                    host == null ? instead + "; or name its host, if that was away from the broker then" : instead);
        }
        if (search.looked == MOST) {
            return refused(
                    "event %s is not among the %d%s that were stored from %s on"
                            .formatted(id, MOST, where, id.time().minus(SKEW)),
                    host == null
                            ? "name its host, so that only that one's are looked at"
                            : "explain its packet instead");
        }
        return refused(
                "none of the %d events%s that were stored from %s on has the id %s"
                        .formatted(search.looked, where, id.time().minus(SKEW), id),
                host == null
                        ? "if its host was away from the broker for more than %d minutes, name the host"
                                .formatted(LATE.toMinutes())
                        : "copy id and host as 'segctl events' shows them");
    }

    private static ApiException refused(String message, String hint) {
        return new ApiException(ApiError.NOT_FOUND, message, hint);
    }
}
