package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.Bus;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;

/** Refusals of documents, on the service's own subject. */
@ApplicationScoped
public class Rejections {
    private static final Logger LOG = Logger.getLogger(Rejections.class);

    private final Bus bus;

    @Inject
    public Rejections(Bus bus) {
        this.bus = bus;
    }

    /**
     * Reports, once for each publish however often it is seen.
     *
     * @param sequence of the publish in its stream; 0 when no stream took it
     */
    void report(String subject, long sequence, List<Violation> violations) {
        Violation first = violations.getFirst();
        LOG.infof("refused %s: %s %s", subject, first.path(), first.reason());
        SystemEvent event = new SystemEvent(
                bus.settings().clientName(),
                SystemEvent.POLICY_REJECTED,
                "policies",
                "%s is refused: %s: %s%s"
                        .formatted(
                                subject,
                                first.path(),
                                first.reason(),
                                violations.size() > 1 ? " (and %d more)".formatted(violations.size() - 1) : ""),
                "warn",
                Instant.now(),
                Map.of("subject", subject, "sequence", sequence, "violations", violations));
        bus.publish(
                Subjects.systemOfService(bus.settings().clientName()),
                Wire.write(event),
                sequence == 0 ? null : "policy-rejected-" + sequence);
    }
}
