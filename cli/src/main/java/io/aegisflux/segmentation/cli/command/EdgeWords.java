package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.contracts.MapEdge;
import io.aegisflux.segmentation.contracts.MapNode;
import io.aegisflux.segmentation.contracts.TelemetryApi;
import io.aegisflux.segmentation.contracts.Verdict;
import java.util.Map;
import java.util.stream.Collectors;

/** How drawings of a map speak of its edges. */
final class EdgeWords {
    private static final int PORTS = 3;

    private EdgeWords() {}

    /** The names of nodes by their ids. */
    static Map<String, String> names(TelemetryApi.MapReply map) {
        return map.nodes().stream().collect(Collectors.toMap(MapNode::id, MapNode::name));
    }

    /** The worst that became of an edge's flows. */
    static Verdict verdict(MapEdge edge) {
        if (edge.dropped() > 0) {
            return Verdict.DROPPED;
        }
        return edge.audited() > 0 ? Verdict.AUDITED : Verdict.ALLOWED;
    }

    /** The first ports, and how many more. */
    static String ports(MapEdge edge) {
        String shown = edge.ports().stream()
                .limit(PORTS)
                .map(port -> port.port() == 0 ? port.protocol() : port.protocol() + "/" + port.port())
                .collect(Collectors.joining(", "));
        long more = edge.ports().size() - Math.min(PORTS, edge.ports().size()) + edge.omittedPorts();
        return more == 0 ? shown : shown + " +" + more;
    }

    /** Its figures, those that are not zero. */
    static String figures(MapEdge edge) {
        StringBuilder words = new StringBuilder();
        add(words, edge.allowed(), "allowed");
        add(words, edge.dropped(), "dropped");
        add(words, edge.audited(), "audited");
        return words.isEmpty() ? "goes on" : words.toString();
    }

    private static void add(StringBuilder words, long figure, String word) {
        if (figure > 0) {
            words.append(words.isEmpty() ? "" : ", ").append(figure).append(' ').append(word);
        }
    }
}
