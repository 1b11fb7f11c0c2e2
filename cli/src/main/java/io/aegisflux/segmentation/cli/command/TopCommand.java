package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.TelemetryBus;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Table;
import io.aegisflux.segmentation.contracts.TelemetryApi;
import io.aegisflux.segmentation.engine.filtering.FlowFilter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Who does most. */
@Command(
        name = "top",
        description = "Show who does most in a window: sources, destinations, ports, policies or rules.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  segctl top",
            "  segctl top --by rule verdict:dropped --since 1h",
            "  segctl top --by port --to app=db -o json"
        })
final class TopCommand implements Callable<Integer> {
    private final RootCommand root;

    /** What is ranked. */
    enum By {
        SOURCE,
        DEST,
        PORT,
        POLICY,
        RULE;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Mixin
    private FilterOptions filters;

    @Option(
            names = "--by",
            paramLabel = "WHAT",
            defaultValue = "source",
            description = "source, dest, port, policy or rule (default: source).")
    private By by;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            defaultValue = "5m",
            description = "The window begins so long ago (default: ${DEFAULT-VALUE}).")
    private Duration since;

    @Option(
            names = "--until",
            paramLabel = "TIME",
            defaultValue = "0s",
            description = "It ends so long ago (default: now).")
    private Duration until;

    @Option(names = "--rows", paramLabel = "N", defaultValue = "20", description = "So many (default: 20).")
    private int rows;

    TopCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        FlowFilter filter = filters.filter();
        FlowsCommand.requireWindow(since, until);
        if (rows < 1 || rows > TelemetryApi.MOST) {
            throw Failure.usage("--rows is 1 to %d, not %d".formatted(TelemetryApi.MOST, rows), "segctl top --help");
        }
        Output output = root.output();
        Instant now = output.now();
        TelemetryApi.TopReply reply;
        try (BusClient bus = root.connectWithPatience(FlowsCommand.PATIENCE)) {
            reply = new TelemetryBus(bus)
                    .top(new TelemetryApi.TopRequest(
                            by.word(),
                            now.minus(since),
                            until.isZero() ? null : now.minus(until),
                            filter.toString(),
                            rows));
        }
        if (output.isJson()) {
            output.json(reply);
            return ExitCode.OK;
        }
        Table table = new Table(by.name(), "ALLOWED>", "DROPPED>", "AUDITED>", "LAST");
        reply.rows()
                .forEach(row -> table.row(
                        Cell.of(row.key()),
                        Cell.of(row.allowed()),
                        Cell.of(row.dropped()),
                        Cell.of(row.audited()),
                        Cell.of(output.time(row.last()))));
        output.table(table);
        output.notice("since %s%s%s"
                .formatted(
                        output.time(reply.from()),
                        reply.filter().isEmpty() ? "" : ", that match " + reply.filter(),
                        reply.omitted() == 0 ? "" : "; %d more".formatted(reply.omitted())));
        return ExitCode.OK;
    }
}
