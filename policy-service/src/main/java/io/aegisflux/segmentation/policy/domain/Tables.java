package io.aegisflux.segmentation.policy.domain;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.engine.lowering.HostView;
import io.aegisflux.segmentation.engine.lowering.Lowering;
import io.aegisflux.segmentation.engine.lowering.VersionedPolicy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The tables of all hosts, without doing twice what comes out the same: hosts to whom the same policies apply share a
 * table, and one whose policies and workloads have not changed is kept from call to call. For one thread.
 */
public final class Tables {
    private List<Workload> workloads = List.of();
    private Map<Basis, HostTable> known = Map.of();

    /** What a table depends on, beside the workloads. */
    private record Basis(List<Version> applying, Action posture) {}

    private record Version(String policy, long version, String digest) {}

    /** What every known host must enforce. */
    public Map<HostId, HostTable> of(World world) {
        List<Workload> now = world.hosts().workloads();
        if (!now.equals(workloads)) {
            workloads = now;
            known = Map.of();
        }
        List<VersionedPolicy> policies = world.policies().versioned();
        Lowering lowering = new Lowering(workloads);
        Map<Basis, HostTable> used = new HashMap<>();
        Map<HostId, HostTable> tables = new HashMap<>();
        for (CapabilityReport report : world.hosts().all()) {
            HostView host = World.view(report);
            Basis basis = basis(policies, host);
            tables.put(host.id(), used.computeIfAbsent(basis, it -> {
                HostTable kept = known.get(it);
                return kept != null ? kept : HostTable.of(lowering.lower(policies, host));
            }));
        }
        known = used;
        return tables;
    }

    private static Basis basis(List<VersionedPolicy> policies, HostView host) {
        return new Basis(
                policies.stream()
                        .filter(it ->
                                it.policy().enabled() && it.policy().appliesTo().includes(host.id(), host.labels()))
                        .map(it -> new Version(it.policy().id().value(), it.version(), it.digest()))
                        .toList(),
                host.posture());
    }
}
