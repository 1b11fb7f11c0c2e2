package io.aegisflux.segmentation.policy.domain;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.engine.lowering.HostView;
import io.aegisflux.segmentation.engine.lowering.Lowering;

/** All that a host's desired state is computed from. Immutable. */
public record World(PolicyBook policies, HostBook hosts, ArtifactBook artifacts, RolloutBook rollouts) {
    public static final World EMPTY =
            new World(PolicyBook.EMPTY, HostBook.EMPTY, ArtifactBook.EMPTY, RolloutBook.EMPTY);

    public World {
        requireNonNull(policies, "policies is null");
        requireNonNull(hosts, "hosts is null");
        requireNonNull(artifacts, "artifacts is null");
        requireNonNull(rollouts, "rollouts is null");
    }

    public World with(PolicyBook changed) {
        return new World(changed, hosts, artifacts, rollouts);
    }

    public World with(HostBook changed) {
        return new World(policies, changed, artifacts, rollouts);
    }

    public World with(ArtifactBook changed) {
        return new World(policies, hosts, changed, rollouts);
    }

    public World with(RolloutBook changed) {
        return new World(policies, hosts, artifacts, changed);
    }

    /** How far the streams were read. */
    public Position position() {
        return new Position(policies.sequence(), hosts.sequence(), artifacts.sequence(), rollouts.sequence());
    }

    /** What a host must enforce. */
    public RuleTable table(CapabilityReport host) {
        return Lowering.lower(InForce.of(this).on(host.hostId()), view(host), hosts.workloads());
    }

    static HostView view(CapabilityReport host) {
        return new HostView(host.hostId(), host.labels(), host.posture());
    }
}
