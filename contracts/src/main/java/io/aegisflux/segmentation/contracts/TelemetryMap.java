package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;

/**
 * What changed on the map, or all of it, on {@code segmentation.telemetry.map}.
 *
 * @param term of the instance that publishes; sequences of different terms have nothing to do with each other
 * @param sequence counts the messages of a term from 1: a reader that misses one waits for the next full one, or asks
 * @param full whether all that was known before is to be forgotten
 * @param at when it was so
 * @param since from when on the figures count
 * @param nodes new and changed ones
 * @param edges new and changed ones
 * @param goneNodes ids of nodes that no edge names any more
 * @param goneEdges edges on which nothing was seen for a quarter of an hour
 * @param omitted flows since then that found no place as an edge
 */
public record TelemetryMap(
        String term,
        long sequence,
        boolean full,
        Instant at,
        Instant since,
        List<MapNode> nodes,
        List<MapEdge> edges,
        List<String> goneNodes,
        List<MapEdge.Key> goneEdges,
        long omitted) {
    public TelemetryMap {
        requireNonNull(term, "term is missing");
        requireNonNull(at, "at is missing");
        requireNonNull(since, "since is missing");
        if (sequence < 1) {
            throw new IllegalArgumentException("sequence counts from 1, not " + sequence);
        }
        nodes = Frozen.list(nodes, "nodes");
        edges = Frozen.list(edges, "edges");
        goneNodes = Frozen.list(goneNodes, "gone_nodes");
        goneEdges = Frozen.list(goneEdges, "gone_edges");
        Figures.requireCount(omitted, "omitted");
    }
}
