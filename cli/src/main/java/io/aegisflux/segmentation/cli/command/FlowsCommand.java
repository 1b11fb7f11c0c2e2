package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.FlowTail;
import io.aegisflux.segmentation.cli.bus.TelemetryBus;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.contracts.FlowRow;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.TelemetryApi;
import io.aegisflux.segmentation.contracts.TelemetryFlows;
import io.aegisflux.segmentation.engine.filtering.FlowFilter;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Who talked to whom, and what became of it. */
@Command(
        name = "flows",
        aliases = "observe",
        description = {
            "Show who talked to whom and what became of it: the last flows of a window, and with -f what comes.",
            "Allowed connections are told by hosts every 10 seconds, all else at once. With names where an address is known."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  segctl flows -f verdict:dropped",
            "  segctl flows --from web --to app=db --since 1h --last 100",
            "  segctl flows to.port:5432 '!from:api' --since 24h -o json",
            "  segctl flows -f policy:web-db@3 -o json | jq .rule_id"
        })
final class FlowsCommand implements Callable<Integer> {
    /** A long window takes telemetry-service its time. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final String REMEDY_LOST =
            "some hosts decide faster than they can tell: their metrics still count every"
                    + " packet; 'segctl status' shows whose";

    private final RootCommand root;

    @Mixin
    private FilterOptions filters;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what comes, until Ctrl-C.")
    private boolean follow;

    @Option(
            names = "--last",
            paramLabel = "N",
            description = "Show so many of the window, 0 to 1000 (default: 20; 10 with -f).")
    private Integer last;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            defaultValue = "5m",
            description =
                    "The window begins so long ago (default: ${DEFAULT-VALUE}). Events are kept for 24 hours, recorded"
                            + " flows for 7 days.")
    private Duration since;

    @Option(
            names = "--until",
            paramLabel = "TIME",
            defaultValue = "0s",
            description = "It ends so long ago (default: now).")
    private Duration until;

    FlowsCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        FlowFilter filter = filters.filter();
        int wanted = last != null ? last : follow ? 10 : 20;
        if (wanted < 0 || wanted > TelemetryApi.MOST) {
            throw Failure.usage(
                    "--last is 0 to %d, not %d".formatted(TelemetryApi.MOST, wanted), "segctl flows --help");
        }
        requireWindow(since, until);
        if (follow && !until.isZero()) {
            throw Failure.usage("--until and --follow do not go together", "leave one of them out");
        }
        Output output = root.output();
        try (BusClient bus = follow ? root.connectForLong() : root.connectWithPatience(PATIENCE)) {
            output.notice(
                    (filter.isEmpty() ? "all flows" : "flows that match " + filter) + (follow ? "; Ctrl-C ends" : ""));
            FlowTail tail = follow ? new FlowTail(bus) : null;
            Set<Told> past = wanted == 0 ? Set.of() : past(bus, filter, wanted, output);
            if (tail != null) {
                tail.read(window -> show(window, filter, past, output));
            }
        }
        return ExitCode.OK;
    }

    /**
     * A window of two options that say how long ago.
     *
     * @throws Failure of the usage kind when it is none
     */
    static void requireWindow(Duration since, Duration until) {
        if (since.compareTo(until) <= 0) {
            throw Failure.usage("--since is not before --until", "both say how long ago: --since 24h --until 1h");
        }
    }

    /** What tells a row from others, whoever told of it. */
    private record Told(HostId host, String event, String source, String dest, int port, Instant last) {
        static Told of(FlowRow row) {
            return new Told(
                    row.hostId(), row.eventId(), row.source().ip(), row.dest().ip(), row.destPort(), row.last());
        }
    }

    /** Shows the window; returns what it showed. */
    private Set<Told> past(BusClient bus, FlowFilter filter, int wanted, Output output) {
        Instant now = output.now();
        TelemetryApi.FlowsReply reply = new TelemetryBus(bus)
                .flows(new TelemetryApi.FlowsRequest(
                        now.minus(since), until.isZero() ? null : now.minus(until), filter.toString(), wanted));
        reply.flows().reversed().forEach(row -> show(row, output));
        output.notice("%d of %d flows since %s; %d more do not match"
                .formatted(reply.flows().size(), reply.matched(), output.time(reply.from()), reply.hidden()));
        if (!reply.complete() && reply.flows().size() < wanted) {
            output.notice(
                    "what was before is not searched, for it is much: ask for a window that ends earlier, with --until");
        }
        lost(reply.lost(), output);
        return reply.flows().stream().map(Told::of).collect(Collectors.toSet());
    }

    private static boolean show(TelemetryFlows window, FlowFilter filter, Set<Told> past, Output output) {
        for (FlowRow row : window.flows()) {
            if (filter.matches(row) && !past.contains(Told.of(row))) {
                show(row, output);
            }
        }
        if (window.omitted() > 0) {
            output.notice("%d flows of %s are not told one by one, there were too many: narrow the question with"
                            .formatted(window.omitted(), output.time(window.from()))
                    + " 'segctl top', or look at one host with 'segctl events -f --host HOST'");
        }
        lost(window.lost(), output);
        return !output.isGone();
    }

    private static void lost(long lost, Output output) {
        if (lost > 0) {
            output.notice("%d decisions are missing here: %s".formatted(lost, REMEDY_LOST));
        }
    }

    private static void show(FlowRow row, Output output) {
        if (output.isJson()) {
            output.jsonLine(row);
        } else {
            output.line(FlowLine.of(row, output));
        }
    }
}
