package io.aegisflux.segmentation.policy.messaging;

import io.aegisflux.segmentation.contracts.Rollout;
import io.aegisflux.segmentation.contracts.RolloutState;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.nats.NatsMetadata;
import io.aegisflux.segmentation.nats.UnfitServerException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * Tells how rollouts go, on the service's own subject. Every instance tells what it reads in the streams, so none is left
 * untold because of a crash; the broker keeps one of equal reports.
 */
@ApplicationScoped
public class RolloutReports {
    private static final Logger LOG = Logger.getLogger(RolloutReports.class);
    private static final String COMPONENT = "rollouts";

    /** The broker knows equal reports for so long; what is older was told. */
    private static final Duration NEWS = Duration.ofMinutes(2);

    private final OwnReports reports;

    @Inject
    public RolloutReports(OwnReports reports) {
        this.reports = reports;
    }

    /** A version is staged. */
    void started(StoredPolicy staged, Instant storedAt) {
        tell(
                SystemEvent.ROLLOUT_STARTED,
                "info",
                "%s: version %d is staged, %s"
                        .formatted(
                                staged.policyId(),
                                staged.version(),
                                staged.canary().baseVersion() == 0
                                        ? "other hosts have none"
                                        : "other hosts keep version "
                                                + staged.canary().baseVersion()),
                Map.of(
                        "policy_id", staged.policyId(),
                        "version", staged.version(),
                        "base_version", staged.canary().baseVersion(),
                        "canary", staged.canary()),
                "rollout-%s-%d".formatted(staged.policyId(), staged.version()),
                storedAt);
    }

    /** It was decided what becomes of it. */
    void decided(Rollout rollout, NatsMetadata metadata) {
        tell(
                type(rollout.state()),
                rollout.state() == RolloutState.ABORTED ? "warn" : "info",
                "%s: version %d %s: %s"
                        .formatted(rollout.policyId(), rollout.version(), fate(rollout), rollout.reason()),
                Map.of(
                        "policy_id", rollout.policyId(),
                        "version", rollout.version(),
                        "base_version", rollout.baseVersion(),
                        "by", rollout.by(),
                        "reason", rollout.reason()),
                "rollout-word-" + metadata.sequence(),
                metadata.timestamp());
    }

    private void tell(
            String type, String level, String message, Map<String, Object> figures, String id, Instant storedAt) {
        if (storedAt.isBefore(Instant.now().minus(NEWS))) {
            return;
        }
        LOG.info(message);
        try {
            reports.report(type, COMPONENT, level, message, figures, id);
        } catch (BusException | UnfitServerException e) {
            LOG.warnf("not reported: %s", e.getMessage());
        }
    }

    private static String type(RolloutState state) {
        return switch (state) {
            case RUNNING -> SystemEvent.ROLLOUT_RESUMED;
            case PAUSED -> SystemEvent.ROLLOUT_PAUSED;
            case PROMOTED -> SystemEvent.ROLLOUT_PROMOTED;
            case ABORTED -> SystemEvent.ROLLOUT_ABORTED;
            case SUPERSEDED -> SystemEvent.ROLLOUT_SUPERSEDED;
        };
    }

    private static String fate(Rollout rollout) {
        return switch (rollout.state()) {
            case RUNNING -> "goes on";
            case PAUSED -> "is paused";
            case PROMOTED -> "is promoted to all hosts";
            case ABORTED ->
                rollout.baseVersion() == 0
                        ? "is aborted, no version is in force"
                        : "is aborted, version %d is back".formatted(rollout.baseVersion());
            case SUPERSEDED -> "is superseded";
        };
    }
}
