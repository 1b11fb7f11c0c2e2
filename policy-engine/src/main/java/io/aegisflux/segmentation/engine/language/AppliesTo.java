package io.aegisflux.segmentation.engine.language;

import io.aegisflux.segmentation.contracts.HostId;
import java.util.List;
import java.util.Map;

/**
 * Which hosts, and which of their interfaces, a policy is for.
 *
 * @param hosts the host id fits one of them; empty for every host
 * @param labels the host has all of them
 * @param interfaces names of interfaces, one of which must fit; empty for every interface
 */
public record AppliesTo(List<Glob> hosts, Map<String, String> labels, List<Glob> interfaces) {
    public static final AppliesTo ALL = new AppliesTo(List.of(), Map.of(), List.of());

    public AppliesTo {
        hosts = List.copyOf(hosts);
        labels = Map.copyOf(labels);
        interfaces = List.copyOf(interfaces);
    }

    /** Whether a host with this id and these labels is meant. */
    public boolean includes(HostId host, Map<String, String> hostLabels) {
        return (hosts.isEmpty() || hosts.stream().anyMatch(glob -> glob.matches(host.value())))
                && hostLabels.entrySet().containsAll(labels.entrySet());
    }
}
