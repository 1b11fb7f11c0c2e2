package io.aegisflux.segmentation.telemetry.domain;

import io.aegisflux.segmentation.contracts.FlowRow;
import io.aegisflux.segmentation.contracts.MapEdge;
import io.aegisflux.segmentation.contracts.MapNode;
import io.aegisflux.segmentation.contracts.PartialFlows;
import io.aegisflux.segmentation.contracts.TelemetryMap;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Who talked to whom. At most {@link #MAX_NODES} nodes are told apart, the rest are one; and at most {@link #MAX_EDGES} edges:
 * a flow that finds no place is counted as omitted. What was not seen for {@link #GONE} is forgotten by
 * {@link #changes} and {@link #tidy}. Safe for any thread.
 */
public final class FlowMap {
    static final int MAX_NODES = 1_000;
    static final int MAX_EDGES = 2_000;
    static final Duration GONE = Duration.ofMinutes(15);

    /** Nodes and edges of one message: it has to stay well below the broker's largest, whatever labels there are. */
    static final int MAX_PIECES = 250;

    private static final MapNode OTHER = new MapNode("other:other", MapNode.Kind.OTHER, "other", Map.of(), 1);
    private static final int MAX_LABELS = 16;

    private final Names names;
    private final Map<String, MapNode> nodes = new TreeMap<>();
    private final Map<MapEdge.Key, EdgeTally> edges = new HashMap<>();
    private final Set<String> changedNodes = new LinkedHashSet<>();
    private final Set<MapEdge.Key> changedEdges = new LinkedHashSet<>();
    private long omitted;

    public FlowMap(Names names) {
        this.names = names;
    }

    /** Takes a row that {@link Counting#tells} something. */
    public synchronized void add(FlowRow row) {
        add(row, true);
    }

    /** Takes what a partition's hosts told. */
    public synchronized void add(PartialFlows partial) {
        partial.flows().forEach(row -> add(row, true));
        partial.rest().forEach(row -> add(row, false));
        omitted += partial.omittedEdges();
    }

    private void add(FlowRow row, boolean hasPort) {
        if (!Counting.counts(row, names)) {
            return;
        }
        MapEdge.Key key =
                new MapEdge.Key(node(row.source().ip()), node(row.dest().ip()));
        EdgeTally edge = edges.get(key);
        if (edge == null) {
            if (edges.size() >= MAX_EDGES) {
                omitted++;
                return;
            }
            edge = new EdgeTally(key);
            edges.put(key, edge);
        }
        edge.add(row, hasPort);
        changedEdges.add(key);
    }

    /** All nodes, by id. */
    public synchronized List<MapNode> nodes() {
        Set<String> named = named();
        return nodes.values().stream().filter(node -> named.contains(node.id())).toList();
    }

    /** All edges, by source and dest. */
    public synchronized List<MapEdge> edges() {
        return edges.values().stream()
                .map(EdgeTally::edge)
                .sorted(Comparator.comparing(MapEdge::source).thenComparing(MapEdge::dest))
                .toList();
    }

    public synchronized long omitted() {
        return omitted;
    }

    /**
     * What changed since this was last called, in messages of bounded size.
     *
     * @param full whether all is told, instead of what changed
     * @param sequence of the first message
     * @param since from when on the figures count
     */
    public synchronized List<TelemetryMap> changes(
            String term, long sequence, boolean full, Instant now, Instant since) {
        List<MapEdge.Key> goneEdges = edges.values().stream()
                .filter(edge -> isGone(edge, now))
                .map(EdgeTally::key)
                .toList();
        goneEdges.forEach(edges::remove);
        Set<String> named = named();
        List<String> goneNodes =
                nodes.keySet().stream().filter(id -> !named.contains(id)).toList();
        goneNodes.forEach(nodes::remove);
        List<MapNode> toldNodes = full
                ? List.copyOf(nodes.values())
                : changedNodes.stream()
                        .filter(nodes::containsKey)
                        .map(nodes::get)
                        .toList();
        List<MapEdge> toldEdges = full
                ? edges()
                : changedEdges.stream()
                        .filter(edges::containsKey)
                        .map(key -> edges.get(key).edge())
                        .toList();
        changedNodes.clear();
        changedEdges.clear();
        if (!full && toldNodes.isEmpty() && toldEdges.isEmpty() && goneEdges.isEmpty() && goneNodes.isEmpty()) {
            return List.of();
        }
        List<TelemetryMap> messages = new ArrayList<>();
        int pieces = toldNodes.size() + toldEdges.size();
        for (int at = 0; at == 0 || at < pieces; at += MAX_PIECES) {
            boolean first = at == 0;
            messages.add(new TelemetryMap(
                    term,
                    sequence + messages.size(),
                    full && first,
                    now,
                    since,
                    part(toldNodes, at),
                    part(toldEdges, at - toldNodes.size()),
                    first && !full ? goneNodes : List.of(),
                    first && !full ? goneEdges : List.of(),
                    omitted));
        }
        return messages;
    }

    /** Forgets what was not seen for long, and that anything changed: while another instance tells. */
    public synchronized void tidy(Instant now) {
        edges.values().removeIf(edge -> isGone(edge, now));
        nodes.keySet().retainAll(named());
        changedNodes.clear();
        changedEdges.clear();
    }

    private static boolean isGone(EdgeTally edge, Instant now) {
        return edge.last().isBefore(now.minus(GONE));
    }

    private static <T> List<T> part(List<T> all, int at) {
        int begin = Math.clamp(at, 0, all.size());
        return all.subList(begin, Math.clamp((long) at + MAX_PIECES, begin, all.size()));
    }

    private Set<String> named() {
        Set<String> named = new HashSet<>();
        edges.keySet().forEach(key -> {
            named.add(key.source());
            named.add(key.dest());
        });
        return named;
    }

    private String node(String ip) {
        Names.Known known = names.of(ip);
        String name = known.end().workload() != null ? known.end().workload() : ip == null ? "unknown" : ip;
        String id = (known.kind() == MapNode.Kind.ADDRESS ? "ip" : known.kind().wireName()) + ":" + name;
        MapNode there = nodes.get(id);
        if (there == null && nodes.size() >= MAX_NODES) {
            nodes.put(OTHER.id(), OTHER);
            changedNodes.add(OTHER.id());
            return OTHER.id();
        }
        if (there == null || !there.labels().equals(shown(known.end().labels()))) {
            nodes.put(id, new MapNode(id, known.kind(), name, shown(known.end().labels()), 1));
            changedNodes.add(id);
        }
        return id;
    }

    private static Map<String, String> shown(Map<String, String> labels) {
        if (labels.size() <= MAX_LABELS) {
            return labels;
        }
        Map<String, String> first = new TreeMap<>();
        labels.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .limit(MAX_LABELS)
                .forEach(label -> first.put(label.getKey(), label.getValue()));
        return first;
    }
}
