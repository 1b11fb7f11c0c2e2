package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.terminal.Printable;
import io.aegisflux.segmentation.contracts.MapEdge;
import io.aegisflux.segmentation.contracts.MapNode;
import io.aegisflux.segmentation.contracts.TelemetryApi;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A map as a picture: who only asks stands on the left, who only is asked on the right, the others between, each column by
 * name. Colour, dashes and a word tell verdicts apart; title and description are for those who do not see it.
 */
final class MapSvg {
    private static final int BOX_WIDTH = 180;
    private static final int BOX_HEIGHT = 36;
    private static final int COLUMN = 420;
    private static final int ROW = 64;
    private static final int MARGIN = 24;

    private record Place(int x, int y) {}

    private final TelemetryApi.MapReply map;
    private final Map<String, Place> places = new HashMap<>();
    private int rows;

    private MapSvg(TelemetryApi.MapReply map) {
        this.map = map;
    }

    static String of(TelemetryApi.MapReply map) {
        return new MapSvg(map).draw();
    }

    private String draw() {
        lay();
        int width = 2 * MARGIN + 2 * COLUMN + BOX_WIDTH;
        int height = 2 * MARGIN + Math.max(1, rows) * ROW;
        StringBuilder svg = new StringBuilder();
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
                        .formatted(width, height))
                .append(" aria-labelledby=\"title desc\" font-family=\"sans-serif\" font-size=\"13\">\n")
                .append("<title id=\"title\">Who talks to whom</title>\n<desc id=\"desc\">");
        Map<String, String> names = EdgeWords.names(map);
        map.edges()
                .forEach(edge -> svg.append(escaped("%s to %s, %s: %s. "
                        .formatted(
                                names.get(edge.source()),
                                names.get(edge.dest()),
                                EdgeWords.ports(edge),
                                EdgeWords.figures(edge)))));
        svg.append("</desc>\n<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n".formatted(width, height));
        svg.append(
                        "<defs><marker id=\"end\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\"")
                .append(" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"context-stroke\"/></marker></defs>\n");
        map.edges().forEach(edge -> draw(edge, svg));
        map.nodes().forEach(node -> draw(node, svg));
        return svg.append("</svg>\n").toString();
    }

    private void lay() {
        Set<String> ask = new HashSet<>();
        Set<String> asked = new HashSet<>();
        map.edges().forEach(edge -> {
            ask.add(edge.source());
            asked.add(edge.dest());
        });
        List<List<String>> columns = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        map.nodes()
                .forEach(node -> columns.get(!asked.contains(node.id()) ? 0 : ask.contains(node.id()) ? 1 : 2)
                        .add(node.id()));
        rows = columns.stream().mapToInt(List::size).max().orElse(0);
        for (int column = 0; column < columns.size(); column++) {
            List<String> ids = columns.get(column);
            int top = MARGIN + (rows - ids.size()) * ROW / 2;
            for (int row = 0; row < ids.size(); row++) {
                places.put(ids.get(row), new Place(MARGIN + column * COLUMN, top + row * ROW));
            }
        }
    }

    private void draw(MapNode node, StringBuilder svg) {
        Place place = places.get(node.id());
        svg.append("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\" fill=\"#f6f8fa\" stroke=\"#57606a\"/>\n"
                .formatted(place.x, place.y, BOX_WIDTH, BOX_HEIGHT));
        svg.append("<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>\n"
                .formatted(place.x + BOX_WIDTH / 2, place.y + 23, escaped(shown(node))));
    }

    private void draw(MapEdge edge, StringBuilder svg) {
        Place from = places.get(edge.source());
        Place to = places.get(edge.dest());
        boolean forward = to.x > from.x;
        int startX = from.x + BOX_WIDTH;
        int startY = from.y + BOX_HEIGHT / 2;
        int endX = forward ? to.x : to.x + BOX_WIDTH;
        int endY = to.y + BOX_HEIGHT / 2;
        int bend = forward ? (endX - startX) / 2 : 80;
        String style = switch (EdgeWords.verdict(edge)) {
            case ALLOWED -> "stroke=\"#1a7f37\"";
            case DROPPED -> "stroke=\"#cf222e\" stroke-dasharray=\"8 4\"";
            case AUDITED -> "stroke=\"#bc4c00\" stroke-dasharray=\"2 4\"";
        };
        svg.append(
                "<path d=\"M%d %dC%d %d %d %d %d %d\" fill=\"none\" stroke-width=\"2\" marker-end=\"url(#end)\" %s/>\n"
                        .formatted(
                                startX,
                                startY,
                                startX + bend,
                                startY,
                                forward ? endX - bend : endX + bend,
                                endY,
                                endX,
                                endY,
                                style));
        svg.append("<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" font-size=\"11\">%s</text>\n"
                .formatted(
                        (startX + endX) / 2 + (forward ? 0 : bend),
                        (startY + endY) / 2 - 5,
                        escaped(EdgeWords.ports(edge) + ": " + EdgeWords.figures(edge))));
    }

    private static String shown(MapNode node) {
        String name = node.name().length() > 24 ? node.name().substring(0, 23) + "…" : node.name();
        return node.members() > 1 ? "%s (%d)".formatted(name, node.members()) : name;
    }

    private static String escaped(String text) {
        return Printable.of(text)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
