package io.aegisflux.segmentation.nats;

import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Reports what a channel passes over. Of a flood of poison the first few of each second are, so that reporting it does
 * not hold up what is sound. For one thread at a time.
 */
final class PoisonReports {
    private static final Logger LOG = Logger.getLogger(PoisonReports.class.getName());
    private static final int REPORTS_A_SECOND = 10;

    private final Bus bus;
    private final String service;
    private final String channel;
    private final String stream;
    private long second;
    private int reports;

    PoisonReports(Bus bus, String service, String channel, String stream) {
        this.bus = bus;
        this.service = service;
        this.channel = channel;
        this.stream = stream;
    }

    /** Reports a message; what is not its own fault goes to the log alone, whole. */
    void report(NatsMetadata metadata, Throwable failure) {
        Throwable cause = Poison.in(failure);
        if (cause == null) {
            LOG.log(
                    Level.SEVERE,
                    "passed over %s (number %d)".formatted(metadata.subject(), metadata.sequence()),
                    failure);
        } else if (mayReport()) {
            Poison poison = Poison.of(service, channel, stream, metadata, cause);
            LOG.log(Level.WARNING, "refused {0}: {1}", new Object[] {metadata.subject(), poison.reason()});
            bus.publishAsync(poison.subject(), poison.data(), poison.id());
        }
    }

    private boolean mayReport() {
        long now = Instant.now().getEpochSecond();
        if (now != second) {
            second = now;
            reports = 0;
        }
        return reports++ < REPORTS_A_SECOND;
    }
}
