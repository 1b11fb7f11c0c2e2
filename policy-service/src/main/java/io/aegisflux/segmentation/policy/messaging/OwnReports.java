package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.nats.UnfitServerException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.Map;
import org.jboss.logging.Logger;

/** What the service has to say, on {@code segmentation.system.policy-service}. */
@ApplicationScoped
public class OwnReports {
    private static final Logger LOG = Logger.getLogger(OwnReports.class);

    private final Bus bus;

    @Inject
    public OwnReports(Bus bus) {
        this.bus = bus;
    }

    /**
     * Publishes and waits until it is kept.
     *
     * @param messageId the same for the same report, of whichever instance; null when each counts
     * @throws BusException when the stream does not take it
     */
    void report(
            String eventType,
            String component,
            String level,
            String message,
            Map<String, Object> metadata,
            String messageId) {
        String service = bus.settings().clientName();
        SystemEvent event = new SystemEvent(service, eventType, component, message, level, Instant.now(), metadata);
        bus.publish(Subjects.systemOfService(service), Wire.write(event), messageId);
    }

    /** As {@link #report}, at level error and into the log too; one that cannot be published stands in the log alone. */
    void complain(String eventType, String component, String message, Map<String, Object> metadata, String messageId) {
        LOG.error(message);
        try {
            report(eventType, component, "error", message, metadata, messageId);
        } catch (BusException | UnfitServerException e) {
            LOG.warnf("not reported: %s", e.getMessage());
        }
    }

    /**
     * Complains of a message in one of our streams that is none of ours.
     *
     * @param message what is wrong and what counts instead
     */
    void complainOfForeign(String component, String message, String subject, long sequence) {
        complain(
                SystemEvent.MESSAGE_REJECTED,
                component,
                "%s holds %s".formatted(subject, message),
                Map.of("subject", subject, "sequence", sequence),
                "%s-%d".formatted(component, sequence));
    }
}
