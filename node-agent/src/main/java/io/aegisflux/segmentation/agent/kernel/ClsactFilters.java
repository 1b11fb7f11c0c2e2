package io.aegisflux.segmentation.agent.kernel;

import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.NetDevices;
import io.aegisflux.segmentation.agent.libbpf.TcFilter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Our clsact filters on interfaces where none is wanted any more. A filter stays on an interface that is renamed, and no
 * pin tells of it: the first look, which may follow another agent's life, is at every interface.
 */
final class ClsactFilters {
    private final List<String> configured;
    private Set<Integer> suspects = Set.of();
    private boolean hasLooked;

    /**
     * @param configured the interfaces that keep theirs
     */
    ClsactFilters(List<String> configured) {
        this.configured = List.copyOf(configured);
    }

    /** As status pages show it. */
    static String hook(TcFilter.Way way) {
        return way == TcFilter.Way.INGRESS ? "tc_ingress" : "tc_egress";
    }

    /** Takes them away; returns a sentence for each. */
    List<String> leave() throws BpfException {
        Map<Integer, String> present = NetDevices.names();
        List<String> left = new ArrayList<>();
        Set<Integer> wanted = new HashSet<>();
        for (Map.Entry<Integer, String> each : present.entrySet()) {
            if (configured.contains(each.getValue())) {
                wanted.add(each.getKey());
            } else if (!hasLooked || suspects.contains(each.getKey())) {
                left.addAll(leave(each.getKey(), each.getValue()));
            }
        }
        suspects = wanted;
        hasLooked = true;
        return left;
    }

    private static List<String> leave(int ifindex, String name) throws BpfException {
        List<String> left = new ArrayList<>();
        for (TcFilter.Way way : TcFilter.Way.values()) {
            if (TcFilter.programId(ifindex, way) != 0) {
                TcFilter.detach(ifindex, way);
                left.add("%s@%s was left, for it is not configured any more".formatted(hook(way), name));
            }
        }
        return left;
    }
}
