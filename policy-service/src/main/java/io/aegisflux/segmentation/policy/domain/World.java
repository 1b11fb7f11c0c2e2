package io.aegisflux.segmentation.policy.domain;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.engine.lowering.HostView;
import io.aegisflux.segmentation.engine.lowering.Lowering;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** All that a host's desired state is computed from. Immutable. */
public record World(
        PolicyBook policies, HostBook hosts, ArtifactBook artifacts, WorkloadBook registry, RolloutBook rollouts) {
    public static final World EMPTY =
            new World(PolicyBook.EMPTY, HostBook.EMPTY, ArtifactBook.EMPTY, WorkloadBook.EMPTY, RolloutBook.EMPTY);

    public World {
        requireNonNull(policies, "policies is null");
        requireNonNull(hosts, "hosts is null");
        requireNonNull(artifacts, "artifacts is null");
        requireNonNull(registry, "registry is null");
        requireNonNull(rollouts, "rollouts is null");
    }

    public World with(PolicyBook changed) {
        return new World(changed, hosts, artifacts, registry, rollouts);
    }

    public World with(HostBook changed) {
        return new World(policies, changed, artifacts, registry, rollouts);
    }

    public World with(ArtifactBook changed) {
        return new World(policies, hosts, changed, registry, rollouts);
    }

    public World with(WorkloadBook changed) {
        return new World(policies, hosts, artifacts, changed, rollouts);
    }

    public World with(RolloutBook changed) {
        return new World(policies, hosts, artifacts, registry, changed);
    }

    /** Without what has expired by then. */
    public World at(Instant now) {
        WorkloadBook left = registry.at(now);
        return left == registry ? this : with(left);
    }

    /** What label conditions know, in an order that does not depend on who came first. */
    public List<Workload> workloads() {
        return Stream.concat(hosts.workloads().stream(), registry.workloads().stream())
                .toList();
    }

    /** How far the streams were read. */
    public Position position() {
        return new Position(
                policies.sequence(), hosts.sequence(), artifacts.sequence(), registry.sequence(), rollouts.sequence());
    }

    /** What a host must enforce. */
    public RuleTable table(CapabilityReport host) {
        return Lowering.lower(InForce.of(this).on(host.hostId()), view(host), workloads());
    }

    static HostView view(CapabilityReport host) {
        return new HostView(host.hostId(), host.labels(), host.posture());
    }
}
