package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.cli.terminal.Glyph;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Printable;
import io.aegisflux.segmentation.contracts.MapEdge;
import io.aegisflux.segmentation.contracts.TelemetryApi;
import java.util.Map;

/** A map on a terminal: an edge a line. */
final class MapText {
    private MapText() {}

    static void print(TelemetryApi.MapReply map, Output output) {
        if (map.edges().isEmpty()) {
            output.line("no flows");
            return;
        }
        Map<String, String> names = EdgeWords.names(map);
        int sources = width(map, names, true);
        int dests = width(map, names, false);
        int ports = map.edges().stream()
                .mapToInt(edge -> EdgeWords.ports(edge).length())
                .max()
                .orElse(0);
        for (MapEdge edge : map.edges()) {
            Cell verdict = Glyph.of(EdgeWords.verdict(edge));
            String sign = verdict.tone().paint(verdict.text().substring(0, 1), output.outColors());
            String arrow = "──%s %s ".formatted(sign, EdgeWords.ports(edge))
                    + "─".repeat(2 + ports - EdgeWords.ports(edge).length())
                    + "▶";
            output.line("%s %s %s  %s%s"
                    .formatted(
                            EventLine.padded(name(names, edge.source()), sources),
                            arrow,
                            EventLine.padded(name(names, edge.dest()), dests),
                            EdgeWords.figures(edge),
                            decider(edge)));
        }
        output.line("✔ allowed  ✖ dropped  ◐ audited: would be dropped");
    }

    private static String decider(MapEdge edge) {
        MapEdge.Decider last = switch (EdgeWords.verdict(edge)) {
            case DROPPED -> edge.lastDropped();
            case AUDITED -> edge.lastAudited();
            case ALLOWED -> edge.lastAllowed();
        };
        return last == null ? "" : "  by " + EventLine.decider(last.policyId(), last.policyVersion(), last.ruleId());
    }

    private static int width(TelemetryApi.MapReply map, Map<String, String> names, boolean source) {
        return map.edges().stream()
                .map(edge -> name(names, source ? edge.source() : edge.dest()))
                .mapToInt(name -> name.codePointCount(0, name.length()))
                .max()
                .orElse(0);
    }

    private static String name(Map<String, String> names, String id) {
        return Printable.of(names.getOrDefault(id, id));
    }
}
