package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.TelemetryBus;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.contracts.TelemetryApi;
import io.aegisflux.segmentation.engine.filtering.FlowFilter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The picture of who talks to whom. */
@Command(
        name = "map",
        description = {
            "Show who talks to whom, and what becomes of it: the last quarter of an hour, or a window.",
            "As text, or as a picture: svg, dot (Graphviz) or mermaid, on stdout. The same map makes the same picture."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  segctl map",
            "  segctl map --since 24h --group-by app '!verdict:allowed'",
            "  segctl map --as svg > map.svg",
            "  segctl map -o json | jq '.edges[] | select(.dropped > 0)'"
        })
final class MapCommand implements Callable<Integer> {
    private final RootCommand root;

    /** How a map is drawn. */
    enum Drawing {
        TEXT,
        SVG,
        DOT,
        MERMAID
    }

    @Mixin
    private FilterOptions filters;

    @Option(
            names = "--as",
            paramLabel = "DRAWING",
            defaultValue = "text",
            description = "text, svg, dot or mermaid (default: text).")
    private Drawing drawing;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "The window begins so long ago (default: the live map, or 15m with a filter).")
    private Duration since;

    @Option(
            names = "--until",
            paramLabel = "TIME",
            defaultValue = "0s",
            description = "It ends so long ago (default: now).")
    private Duration until;

    @Option(names = "--group-by", paramLabel = "LABEL", description = "Draw the values of this label as the nodes.")
    private String groupBy;

    MapCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        FlowFilter filter = filters.filter();
        if (since != null || !until.isZero()) {
            FlowsCommand.requireWindow(since == null ? Duration.ofMinutes(15).plus(until) : since, until);
        }
        Output output = root.output();
        Instant now = output.now();
        TelemetryApi.MapReply map;
        try (BusClient bus = root.connectWithPatience(FlowsCommand.PATIENCE)) {
            map = new TelemetryBus(bus)
                    .map(new TelemetryApi.MapRequest(
                            since == null ? null : now.minus(since),
                            until.isZero() ? null : now.minus(until),
                            filter.isEmpty() ? null : filter.toString(),
                            groupBy == null || groupBy.isEmpty() ? null : groupBy));
        }
        if (output.isJson()) {
            output.json(map);
            return ExitCode.OK;
        }
        switch (drawing) {
            case TEXT -> MapText.print(map, output);
            case SVG -> output.raw(MapSvg.of(map).getBytes(StandardCharsets.UTF_8));
            case DOT -> output.raw(MapGraph.dot(map).getBytes(StandardCharsets.UTF_8));
            case MERMAID -> output.raw(MapGraph.mermaid(map).getBytes(StandardCharsets.UTF_8));
        }
        output.notice("since %s%s%s"
                .formatted(
                        output.time(map.from()),
                        map.filter().isEmpty() ? "" : ", that match " + map.filter(),
                        map.omitted() == 0 ? "" : "; %d flows or edges found no place".formatted(map.omitted())));
        if (!map.complete()) {
            output.notice(
                    "what was before is not in it, for it is much: ask for a window that ends earlier, with --until");
        }
        return ExitCode.OK;
    }
}
