package io.aegisflux.segmentation.engine.linting;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.engine.language.Policy;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The hosts that have reported, and the workloads that are known. */
final class Fleet {
    private final List<CapabilityReport> hosts;
    private final List<Workload> workloads;
    private final Map<String, BitSet> meant = new HashMap<>();

    Fleet(List<CapabilityReport> hosts, List<Workload> workloads) {
        this.hosts = List.copyOf(hosts);
        this.workloads = List.copyOf(workloads);
    }

    boolean isKnown() {
        return !hosts.isEmpty();
    }

    List<CapabilityReport> hosts() {
        return hosts;
    }

    List<Workload> workloads() {
        return workloads;
    }

    /** The hosts that a policy is for. */
    List<CapabilityReport> meantBy(Policy policy) {
        return places(policy).stream().mapToObj(hosts::get).toList();
    }

    /** The places of these hosts; not to be changed. */
    BitSet places(Policy policy) {
        return meant.computeIfAbsent(policy.id().value(), ignored -> {
            BitSet places = new BitSet();
            for (int i = 0; i < hosts.size(); i++) {
                if (policy.appliesTo()
                        .includes(hosts.get(i).hostId(), hosts.get(i).labels())) {
                    places.set(i);
                }
            }
            return places;
        });
    }
}
