package io.aegisflux.segmentation.engine.linting;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.engine.naive.RandomWorld;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Capability reports for tests. */
final class Reports {
    private Reports() {}

    /** Of a host that says nothing of its hooks and limits. */
    static CapabilityReport report(String host, Workload... workloads) {
        return report(host, Map.of(), Map.of(), Map.of(), List.of(workloads));
    }

    static CapabilityReport report(
            String host,
            Map<String, String> labels,
            Map<String, String> hooks,
            Map<String, Long> limits,
            List<Workload> workloads) {
        return new CapabilityReport(
                new HostId(host),
                "x86_64",
                "6.18.5",
                true,
                Map.of(),
                hooks,
                limits,
                labels,
                List.of(),
                workloads,
                Action.ALLOW,
                RandomWorld.NOW);
    }

    /** With these hooks. */
    static CapabilityReport hooks(String host, Map<String, String> hooks) {
        return report(host, Map.of(), hooks, Map.of(), List.of());
    }

    /** What lives on these hosts. */
    static List<Workload> workloads(CapabilityReport... hosts) {
        return Stream.of(hosts).flatMap(host -> host.workloads().stream()).toList();
    }

    static Workload workload(String app, String... addresses) {
        return new Workload(app, Map.of("app", app), List.of(addresses));
    }
}
