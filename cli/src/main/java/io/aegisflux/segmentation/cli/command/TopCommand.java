package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.TelemetryBus;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.cli.terminal.Frames;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Printable;
import io.aegisflux.segmentation.cli.terminal.Table;
import io.aegisflux.segmentation.contracts.TelemetryApi;
import io.aegisflux.segmentation.engine.filtering.FlowFilter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Who does most. */
@Command(
        name = "top",
        description = {
            "Show who does most in a window: sources, destinations, ports, policies or rules.",
            "On a terminal it is asked and drawn anew until Ctrl-C; elsewhere, with -o json or yaml, and for a window that has"
                    + " ended, once."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  segctl top",
            "  segctl top --by rule verdict:dropped --since 1h --interval 10s",
            "  segctl top --by port --to app=db -o json"
        })
final class TopCommand implements Callable<Integer> {
    private static final Duration SHORTEST = Duration.ofSeconds(1);

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

    @Option(
            names = "--interval",
            paramLabel = "TIME",
            defaultValue = "3s",
            description = "On a terminal, ask so often; 0s for once (default: ${DEFAULT-VALUE}).")
    private Duration interval;

    TopCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws InterruptedException {
        FlowFilter filter = filters.filter();
        FlowsCommand.requireWindow(since, until);
        if (rows < 1 || rows > TelemetryApi.MOST) {
            throw Failure.usage("--rows is 1 to %d, not %d".formatted(TelemetryApi.MOST, rows), "segctl top --help");
        }
        if (!interval.isZero() && interval.compareTo(SHORTEST) < 0) {
            throw Failure.usage(
                    "--interval is 1s or longer, not " + interval.toMillis() + "ms",
                    "each question reads the window anew; write 0s for once");
        }
        Output output = root.output();
        boolean isLive = root.stdio().outIsTerminal() && !output.isJson() && !interval.isZero() && until.isZero();
        TelemetryApi.TopReply reply = ask(filter, output);
        if (isLive) {
            redraw(reply, filter, output);
        } else if (output.isJson()) {
            output.json(reply);
        } else {
            output.table(table(reply, rows, output));
            output.notice(summary(reply, reply.omitted(), output));
        }
        return ExitCode.OK;
    }

    private TelemetryApi.TopReply ask(FlowFilter filter, Output output) {
        Instant now = output.now();
        try (BusClient bus = root.connectWithPatience(FlowsCommand.PATIENCE)) {
            return new TelemetryBus(bus)
                    .top(new TelemetryApi.TopRequest(
                            by.word(),
                            now.minus(since),
                            until.isZero() ? null : now.minus(until),
                            filter.toString(),
                            rows));
        }
    }

    /** Until nobody looks any more. While nobody answers, the last answer stays. */
    private void redraw(TelemetryApi.TopReply first, FlowFilter filter, Output output) throws InterruptedException {
        TelemetryApi.TopReply reply = first;
        String silence = "";
        try (Frames frames = new Frames(output)) {
            while (!output.isGone()) {
                frames.draw(frame(reply, silence, output));
                Thread.sleep(interval);
                try {
                    reply = ask(filter, output);
                    silence = "";
                } catch (Failure failure) {
                    if (failure.exitCode() != ExitCode.NO_ANSWER) {
                        throw failure;
                    }
                    silence = Printable.of(failure.getMessage());
                }
            }
        }
    }

    /** What fits onto the terminal: the heading, rows, and what they are of. */
    private List<String> frame(TelemetryApi.TopReply reply, String silence, Output output) {
        int fitting = Math.clamp(Frames.height() - 2L, 1, rows);
        int hidden = Math.max(0, reply.rows().size() - fitting);
        List<String> lines = new ArrayList<>(table(reply, fitting, output).lines(output.outColors()));
        lines.add(
                silence.isEmpty()
                        ? summary(reply, reply.omitted() + hidden, output)
                                + "; every %d s, Ctrl-C ends".formatted(interval.toSeconds())
                        : "as of %s: %s; asks again".formatted(output.time(reply.to()), silence));
        return lines;
    }

    private Table table(TelemetryApi.TopReply reply, int most, Output output) {
        Table table = new Table(by.name(), "ALLOWED>", "DROPPED>", "AUDITED>", "LAST");
        reply.rows().stream()
                .limit(most)
                .forEach(row -> table.row(
                        Cell.of(row.key()),
                        Cell.of(row.allowed()),
                        Cell.of(row.dropped()),
                        Cell.of(row.audited()),
                        Cell.of(output.time(row.last()))));
        return table;
    }

    private static String summary(TelemetryApi.TopReply reply, long omitted, Output output) {
        return "since %s%s%s"
                .formatted(
                        output.time(reply.from()),
                        reply.filter().isEmpty() ? "" : ", that match " + reply.filter(),
                        omitted == 0 ? "" : "; %d more".formatted(omitted));
    }
}
