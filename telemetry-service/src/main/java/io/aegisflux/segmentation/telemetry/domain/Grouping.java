package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.MapEdge;
import io.aegisflux.segmentation.contracts.MapNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** A map whose nodes are the values of a label; those without it are one group too. */
public final class Grouping {
    private final String label;
    private final Map<String, MapNode> groups = new TreeMap<>();
    private final Map<MapEdge.Key, MapEdge> edges =
            new TreeMap<>(Comparator.comparing(MapEdge.Key::source).thenComparing(MapEdge.Key::dest));

    private Grouping(String label) {
        this.label = label;
    }

    /** Groups a map by a label's key. */
    public static Grouping of(String label, List<MapNode> nodes, List<MapEdge> edges) {
        Grouping grouping = new Grouping(label);
        Map<String, String> groupOf = new LinkedHashMap<>();
        nodes.forEach(node -> groupOf.put(node.id(), grouping.join(node)));
        edges.forEach(edge -> {
            MapEdge.Key key = new MapEdge.Key(groupOf.get(edge.source()), groupOf.get(edge.dest()));
            grouping.edges.merge(key, between(key, edge), Grouping::sum);
        });
        return grouping;
    }

    public List<MapNode> nodes() {
        return List.copyOf(groups.values());
    }

    public List<MapEdge> edges() {
        return List.copyOf(edges.values());
    }

    private String join(MapNode node) {
        String value = node.labels().get(label);
        String name = value == null ? "no " + label : label + "=" + value;
        String id = "group:" + name;
        groups.merge(
                id,
                new MapNode(id, MapNode.Kind.GROUP, name, value == null ? Map.of() : Map.of(label, value), 1),
                (one, other) -> new MapNode(id, one.kind(), name, one.labels(), one.members() + 1));
        return id;
    }

    private static MapEdge between(MapEdge.Key key, MapEdge edge) {
        return new MapEdge(
                key.source(),
                key.dest(),
                edge.allowed(),
                edge.dropped(),
                edge.audited(),
                edge.lastAllowed(),
                edge.lastDropped(),
                edge.lastAudited(),
                edge.ports(),
                edge.omittedPorts(),
                edge.first(),
                edge.last());
    }

    private static MapEdge sum(MapEdge one, MapEdge other) {
        Map<String, MapEdge.Port> all = new LinkedHashMap<>();
        Stream.concat(one.ports().stream(), other.ports().stream())
                .forEach(port -> all.merge(
                        port.protocol() + '/' + port.port(),
                        port,
                        (a, b) -> new MapEdge.Port(
                                a.protocol(),
                                a.port(),
                                Saturating.sum(a.allowed(), b.allowed()),
                                Saturating.sum(a.dropped(), b.dropped()),
                                Saturating.sum(a.audited(), b.audited()))));
        List<MapEdge.Port> ports = new ArrayList<>(all.values());
        ports.sort(Comparator.comparingLong((MapEdge.Port port) -> -port.allowed() - port.dropped() - port.audited())
                .thenComparing(MapEdge.Port::port)
                .thenComparing(MapEdge.Port::protocol));
        List<MapEdge.Port> shown = ports.subList(0, Math.min(ports.size(), MapEdge.MOST_PORTS));
        return new MapEdge(
                one.source(),
                one.dest(),
                Saturating.sum(one.allowed(), other.allowed()),
                Saturating.sum(one.dropped(), other.dropped()),
                Saturating.sum(one.audited(), other.audited()),
                newest(MapEdge::lastAllowed, one, other),
                newest(MapEdge::lastDropped, one, other),
                newest(MapEdge::lastAudited, one, other),
                shown,
                one.omittedPorts() + other.omittedPorts() + ports.size() - shown.size(),
                earlier(one.first(), other.first()),
                earlier(one.last(), other.last()).equals(one.last()) ? other.last() : one.last());
    }

    private static MapEdge.Decider newest(Function<MapEdge, MapEdge.Decider> decider, MapEdge one, MapEdge other) {
        return Stream.of(decider.apply(one), decider.apply(other))
                .filter(Objects::nonNull)
                .max(Comparator.comparing(MapEdge.Decider::at))
                .orElse(null);
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
