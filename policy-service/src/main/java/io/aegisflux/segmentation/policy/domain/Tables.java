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
    /** A lowering keeps every version it has seen; after so many tables it is begun anew. */
    private static final int RENEWAL = 1_000;

    private List<Workload> workloads = List.of();
    private Lowering lowering = new Lowering(workloads);
    private int lowered;
    private Map<Basis, HostTable> known = Map.of();

    /** What a table depends on, beside the workloads. */
    private record Basis(List<Version> applying, Action posture) {}

    private record Version(String policy, long version, String digest) {}

    /** What every known host must enforce. */
    public Map<HostId, HostTable> of(World world) {
        List<Workload> now = world.workloads();
        if (!now.equals(workloads)) {
            workloads = now;
            known = Map.of();
            renew();
        } else if (lowered >= RENEWAL) {
            renew();
        }
        InForce inForce = InForce.of(world);
        Map<Basis, HostTable> used = new HashMap<>();
        Map<HostId, HostTable> tables = new HashMap<>();
        for (CapabilityReport report : world.hosts().all()) {
            HostView host = World.view(report);
            List<VersionedPolicy> policies = inForce.on(host.id());
            Basis basis = basis(policies, host);
            tables.put(host.id(), used.computeIfAbsent(basis, it -> {
                HostTable kept = known.get(it);
                return kept != null ? kept : lower(policies, host);
            }));
        }
        known = used;
        return tables;
    }

    private HostTable lower(List<VersionedPolicy> policies, HostView host) {
        lowered++;
        return HostTable.of(lowering.lower(policies, host));
    }

    private void renew() {
        lowering = new Lowering(workloads);
        lowered = 0;
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
