package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.FlowRow;
import io.aegisflux.segmentation.contracts.MapEdge;
import io.aegisflux.segmentation.contracts.Verdict;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What one node did with another. For one thread. */
final class EdgeTally {
    /** Ports of an edge that are told apart. */
    static final int PORTS = 64;

    private final MapEdge.Key key;
    private final Figures figures = new Figures();
    private final Map<Verdict, MapEdge.Decider> deciders = new EnumMap<>(Verdict.class);
    private final Map<Port, Figures> ports = new HashMap<>();
    private long withoutPlace;
    private Instant first;

    private record Port(String protocol, int number) {}

    EdgeTally(MapEdge.Key key) {
        this.key = key;
    }

    /**
     * @param hasPort false for a row that sums up several ports
     */
    void add(FlowRow row, boolean hasPort) {
        figures.add(row);
        first = first == null || row.first().isBefore(first) ? row.first() : first;
        MapEdge.Decider before = deciders.get(row.verdict());
        if (before == null || !row.last().isBefore(before.at())) {
            deciders.put(
                    row.verdict(),
                    new MapEdge.Decider(row.policyId(), row.policyVersion(), row.ruleId(), row.reason(), row.last()));
        }
        if (!hasPort) {
            withoutPlace++;
            return;
        }
        Port port = new Port(row.protocol(), row.destPort());
        Figures there = ports.get(port);
        if (there == null) {
            if (ports.size() >= PORTS) {
                withoutPlace++;
                return;
            }
            there = new Figures();
            ports.put(port, there);
        }
        there.add(row);
    }

    MapEdge.Key key() {
        return key;
    }

    Instant last() {
        return figures.last;
    }

    MapEdge edge() {
        List<MapEdge.Port> shown = ports.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<Port, Figures> port) ->
                                -port.getValue().total())
                        .thenComparing(port -> port.getKey().number())
                        .thenComparing(port -> port.getKey().protocol()))
                .limit(MapEdge.MOST_PORTS)
                .map(port -> new MapEdge.Port(
                        port.getKey().protocol(),
                        port.getKey().number(),
                        port.getValue().allowed,
                        port.getValue().dropped,
                        port.getValue().audited))
                .toList();
        return new MapEdge(
                key.source(),
                key.dest(),
                figures.allowed,
                figures.dropped,
                figures.audited,
                deciders.get(Verdict.ALLOWED),
                deciders.get(Verdict.DROPPED),
                deciders.get(Verdict.AUDITED),
                shown,
                ports.size() - shown.size() + withoutPlace,
                first,
                figures.last);
    }
}
