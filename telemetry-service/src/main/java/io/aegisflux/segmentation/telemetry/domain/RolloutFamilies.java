package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.RolloutStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What Prometheus is told of the rollouts of staged versions, as policy-service tells it. */
final class RolloutFamilies {
    /** A promotion comes up to one metrics interval after the soak. */
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final Family.Builder states = Family.gauge(
            "segmentation_rollout_state",
            "1 for the state that the rollout of a policy's staged version is in.",
            "policy",
            "version",
            "state");
    private final Family.Builder canaries = Family.gauge(
            "segmentation_rollout_canary_hosts", "Hosts that get a staged version first.", "policy", "version");
    private final Family.Builder acknowledged = Family.gauge(
            "segmentation_rollout_acknowledged_hosts",
            "Canary hosts that have acknowledged the staged version.",
            "policy",
            "version");
    private final Family.Builder due = Family.gauge(
            "segmentation_rollout_due_timestamp_seconds",
            "When a rollout that is not decided would be, undisturbed and promoted by itself.",
            "policy",
            "version");

    private RolloutFamilies() {}

    static List<Family> of(List<RolloutStatus> rollouts) {
        RolloutFamilies families = new RolloutFamilies();
        rollouts.forEach(families::add);
        return List.of(
                families.states.build(),
                families.canaries.build(),
                families.acknowledged.build(),
                families.due.build());
    }

    private void add(RolloutStatus rollout) {
        String policy = rollout.policyId().value();
        String version = Long.toString(rollout.version());
        states.add(1, policy, version, rollout.state().wireName());
        canaries.add(rollout.canaryHosts(), policy, version);
        acknowledged.add(rollout.acknowledged(), policy, version);
        if (rollout.state().isOpen()) {
            due.add(RuleSeries.seconds(due(rollout)), policy, version);
        }
    }

    private static Instant due(RolloutStatus rollout) {
        return rollout.startedAt()
                .plusSeconds(rollout.canary().ackSeconds())
                .plusSeconds(rollout.canary().soakSeconds())
                .plus(INTERVAL);
    }
}
