package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.MapEdge;
import io.aegisflux.segmentation.contracts.MapNode;
import io.aegisflux.segmentation.contracts.TelemetryMap;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The map as it was published, whichever instance did: begins with a full one and takes what follows it without a gap.
 * Safe for any thread.
 */
public final class MapView {
    private final Map<String, MapNode> nodes = new TreeMap<>();
    private final Map<MapEdge.Key, MapEdge> edges =
            new TreeMap<>(Comparator.comparing(MapEdge.Key::source).thenComparing(MapEdge.Key::dest));
    private TelemetryMap last;

    /** Takes a message; one that does not follow the last is passed over, up to the next full one. */
    public synchronized void take(TelemetryMap message) {
        boolean follows =
                last != null && message.term().equals(last.term()) && message.sequence() == last.sequence() + 1;
        if (!message.full() && !follows) {
            return;
        }
        if (message.full()) {
            nodes.clear();
            edges.clear();
        }
        message.nodes().forEach(node -> nodes.put(node.id(), node));
        message.edges().forEach(edge -> edges.put(edge.key(), edge));
        message.goneEdges().forEach(edges::remove);
        message.goneNodes().forEach(nodes::remove);
        last = message;
    }

    /** All of it, as one full message; empty before the first. */
    public synchronized Optional<TelemetryMap> whole() {
        return Optional.ofNullable(last)
                .map(it -> new TelemetryMap(
                        it.term(),
                        it.sequence(),
                        true,
                        it.at(),
                        it.since(),
                        nodes.values().stream().toList(),
                        edges.values().stream().toList(),
                        java.util.List.of(),
                        java.util.List.of(),
                        it.omitted()));
    }
}
