package io.aegisflux.segmentation.telemetry.messaging;

import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.FlowRecords;
import io.aegisflux.segmentation.contracts.FlowRow;
import io.aegisflux.segmentation.contracts.TelemetryMap;
import io.aegisflux.segmentation.contracts.Verdict;
import io.aegisflux.segmentation.nats.ApiException;
import io.aegisflux.segmentation.telemetry.domain.FlowMap;
import io.aegisflux.segmentation.telemetry.domain.Names;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * The map of the last quarter of an hour, as this instance hears it. What the streams held before the start is read from
 * them, what comes since from the channels: which of the two it is says the time at which the broker stored it, so nothing
 * counts twice.
 */
@ApplicationScoped
public class LiveMap {
    private static final Logger LOG = Logger.getLogger(LiveMap.class);
    private static final Duration BEFORE = Duration.ofMinutes(15);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final History history;
    private final StoredState stored;
    private final FlowMap map;
    private final Instant start = Instant.now();
    private final Thread reader = Thread.ofVirtual().name("map-history").unstarted(this::readHistory);
    private volatile Instant since;
    private String term;
    private long sequence;

    @Inject
    public LiveMap(History history, StoredState stored, Names names) {
        this.history = history;
        this.stored = stored;
        this.map = new FlowMap(names);
    }

    void start(@Observes StartupEvent event) {
        reader.start();
    }

    void stop(@Observes ShutdownEvent event) {
        reader.interrupt();
    }

    void add(FlowEvent event, Instant storedAt) {
        if (!storedAt.isBefore(start)) {
            map.add(FlowRow.of(event));
        }
    }

    void add(FlowRecords records, Instant storedAt) {
        if (!storedAt.isBefore(start)) {
            records.flows().stream()
                    .filter(flow -> flow.verdict() == Verdict.ALLOWED)
                    .forEach(flow -> map.add(FlowRow.of(records.hostId(), flow, records.from())));
        }
    }

    /** Whether the history has been read. */
    boolean isComplete() {
        return since != null;
    }

    /** Forgets what is old, while another instance publishes. */
    void tidy(Instant now) {
        map.tidy(now);
    }

    /** Begins a turn of publishing: the next messages tell all, under a term of their own. */
    synchronized void beginTerm() {
        term = UUID.randomUUID().toString();
        sequence = 0;
    }

    /** What to publish now; all of it when wanted or when the term has just begun. */
    synchronized List<TelemetryMap> changes(boolean full, Instant now) {
        List<TelemetryMap> messages = map.changes(term, sequence + 1, full || sequence == 0, now, since);
        sequence += messages.size();
        return messages;
    }

    private void readHistory() {
        try {
            while (since == null) {
                if (stored.isComplete()) {
                    try {
                        since = history.read(start.minus(BEFORE), start, () -> false, map::add)
                                .from();
                        return;
                    } catch (ApiException e) {
                        LOG.warnf("the map begins with what comes from now on: %s", e.getMessage());
                        since = start;
                        return;
                    } catch (IllegalStateException e) {
                        LOG.debugf("the map's history is read later: %s", e.getMessage());
                    }
                }
                Thread.sleep(RETRY);
            }
        } catch (InterruptedException e) {
            LOG.debug("the map's history is not read");
        }
    }
}
