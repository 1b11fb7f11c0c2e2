package io.aegisflux.segmentation.telemetry.messaging;

import io.aegisflux.segmentation.contracts.PartialFlows;
import io.aegisflux.segmentation.contracts.TelemetryMap;
import io.aegisflux.segmentation.telemetry.domain.FlowMap;
import io.aegisflux.segmentation.telemetry.domain.Names;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** The map of the last quarter of an hour, as partials tell it. */
@ApplicationScoped
public class LiveMap {
    private static final Duration BEFORE = Duration.ofMinutes(15);

    private final FlowMap map;
    private final Instant since = Instant.now().minus(BEFORE);
    private String term;
    private long sequence;

    @Inject
    public LiveMap(Names names) {
        this.map = new FlowMap(names);
    }

    void add(PartialFlows partial) {
        map.add(partial);
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
}
