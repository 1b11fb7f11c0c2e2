package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Violation;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;

/** Refusals of documents, on the service's own subject. */
@ApplicationScoped
public class Rejections {
    private static final Logger LOG = Logger.getLogger(Rejections.class);

    private final OwnReports reports;

    @Inject
    public Rejections(OwnReports reports) {
        this.reports = reports;
    }

    /**
     * Reports, once for each publish however often it is seen.
     *
     * @param sequence of the publish in its stream; 0 when no stream took it
     */
    void report(String subject, long sequence, List<Violation> violations) {
        report(SystemEvent.POLICY_REJECTED, "policies", "policy-rejected-", subject, sequence, violations);
    }

    /** As {@link #report}, of a workload. */
    void reportWorkload(String subject, long sequence, List<Violation> violations) {
        report(SystemEvent.WORKLOAD_REJECTED, "workloads", "workload-rejected-", subject, sequence, violations);
    }

    private void report(
            String type,
            String component,
            String messageId,
            String subject,
            long sequence,
            List<Violation> violations) {
        Violation first = violations.getFirst();
        String more = violations.size() > 1 ? " (and %d more)".formatted(violations.size() - 1) : "";
        LOG.infof("refused %s: %s %s%s", subject, first.path(), first.reason(), more);
        reports.report(
                type,
                component,
                "warn",
                "%s is refused: %s: %s%s".formatted(subject, first.path(), first.reason(), more),
                Map.of("subject", subject, "sequence", sequence, "violations", violations),
                sequence == 0 ? null : messageId + sequence);
    }
}
