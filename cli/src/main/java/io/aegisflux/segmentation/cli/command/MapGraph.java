package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.terminal.Printable;
import io.aegisflux.segmentation.contracts.MapEdge;
import io.aegisflux.segmentation.contracts.MapNode;
import io.aegisflux.segmentation.contracts.TelemetryApi;
import java.util.HashMap;
import java.util.Map;

/** A map for programs that lay graphs out. */
final class MapGraph {
    private MapGraph() {}

    static String dot(TelemetryApi.MapReply map) {
        StringBuilder text = new StringBuilder("digraph segmentation {\n  rankdir=LR;\n  node [shape=box];\n");
        for (MapNode node : map.nodes()) {
            text.append("  %s [label=%s];\n".formatted(quoted(node.id()), quoted(node.name())));
        }
        for (MapEdge edge : map.edges()) {
            String style = switch (EdgeWords.verdict(edge)) {
                case ALLOWED -> "color=\"#1a7f37\"";
                case DROPPED -> "color=\"#cf222e\", style=dashed";
                case AUDITED -> "color=\"#bc4c00\", style=dotted";
            };
            text.append("  %s -> %s [label=%s, %s];\n"
                    .formatted(quoted(edge.source()), quoted(edge.dest()), quoted(label(edge)), style));
        }
        return text.append("}\n").toString();
    }

    static String mermaid(TelemetryApi.MapReply map) {
        StringBuilder text = new StringBuilder("flowchart LR\n");
        Map<String, String> shortIds = new HashMap<>();
        for (MapNode node : map.nodes()) {
            shortIds.put(node.id(), "n" + shortIds.size());
            text.append("  %s[\"%s\"]\n".formatted(shortIds.get(node.id()), plain(node.name())));
        }
        for (MapEdge edge : map.edges()) {
            String arrow = switch (EdgeWords.verdict(edge)) {
                case ALLOWED -> "-->";
                case DROPPED -> "--x";
                case AUDITED -> "-.->";
            };
            text.append("  %s %s|\"%s\"| %s\n"
                    .formatted(shortIds.get(edge.source()), arrow, plain(label(edge)), shortIds.get(edge.dest())));
        }
        return text.toString();
    }

    private static String label(MapEdge edge) {
        return EdgeWords.ports(edge) + ": " + EdgeWords.figures(edge);
    }

    private static String quoted(String text) {
        return '"' + Printable.of(text).replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String plain(String text) {
        return Printable.of(text)
                .replace("#", "#35;")
                .replace("\"", "#quot;")
                .replace("<", "#lt;")
                .replace(">", "#gt;");
    }
}
