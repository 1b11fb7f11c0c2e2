package io.aegisflux.segmentation.cli.command;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.BusSettings;
import io.aegisflux.segmentation.cli.terminal.ColorWhen;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Stdio;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options that every verb understands, and what follows from them. */
@Command(
        name = "segctl",
        description = "AegisFlux Segmentation from the command line: policies, events and state, all over NATS.",
        synopsisSubcommandLabel = "COMMAND",
        versionProvider = Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "  0:done",
            "  1:internal error",
            "  2:wrong usage",
            "  3:findings, or an aborted rollout",
            "  4:no answer: no NATS, nobody who answers, or not in time",
            "  5:refused: validation, version conflict, permission, not found",
            "  6:incomplete: hosts lag, or a rollout is not decided",
            "130:interrupted (Ctrl-C)"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  segctl policy apply -f examples/web-db.json",
            "  segctl events -f",
            "  segctl status",
            "",
            "'segctl COMMAND --help' explains a command."
        })
public final class RootCommand {
    enum Format {
        TABLE,
        JSON
    }

    private final Stdio stdio;

    @Option(
            names = {"-s", "--server"},
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            description = "NATS server, or several with commas (NATS_URL; else nats://localhost:4222).")
    private String server;

    @Option(
            names = "--creds",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "NATS credentials file (NATS_CREDS).")
    private Path credentials;

    @Option(names = "--user", paramLabel = "NAME", scope = ScopeType.INHERIT, description = "NATS user (NATS_USER).")
    private String user;

    @Option(
            names = "--password",
            paramLabel = "TEXT",
            scope = ScopeType.INHERIT,
            description = "Its password; better in NATS_PASSWORD, where other users cannot see it.")
    private String password;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            scope = ScopeType.INHERIT,
            defaultValue = "5s",
            description = "How long to wait for an answer, e.g. 500ms, 5s, 1m (default: 5s).")
    private Duration timeout;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            scope = ScopeType.INHERIT,
            defaultValue = "table",
            description = "table or json: one JSON value, or one a line for a stream (default: table).")
    private Format format;

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            scope = ScopeType.INHERIT,
            defaultValue = "auto",
            description = "auto, always or never; auto is for terminals, unless NO_COLOR is set (default: auto).")
    private ColorWhen color;

    @Option(names = "--ascii", scope = ScopeType.INHERIT, description = "No signs of ours beyond ASCII.")
    private boolean ascii;

    @Option(names = "--utc", scope = ScopeType.INHERIT, description = "Times in UTC, not in the local zone.")
    private boolean utc;

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            description = "Errors only on stderr, no notices.")
    private boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "What goes on, and where an error comes from, on stderr.")
    private boolean verbose;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "This text.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "The version.")
    private boolean version;

    public RootCommand(Stdio stdio) {
        this.stdio = requireNonNull(stdio, "stdio is null");
    }

    /** Where to write; usable before the options are parsed, too. */
    public Output output() {
        return new Output(
                stdio,
                new Output.Settings(
                        format == Format.JSON, color == null ? ColorWhen.AUTO : color, ascii, quiet, verbose, utc));
    }

    Stdio stdio() {
        return stdio;
    }

    Duration timeout() {
        return timeout;
    }

    /** A connection for questions with one answer. */
    BusClient connect() {
        return connect(false);
    }

    /** A connection that outlives the broker's restarts. */
    BusClient connectForLong() {
        return connect(true);
    }

    /** The address that the options and the environment give. */
    String urls() {
        return given(server, "NATS_URL").orElse("nats://localhost:4222");
    }

    private BusClient connect(boolean lasting) {
        Output output = output();
        BusSettings settings = new BusSettings(
                urls(),
                credentials == null ? given(null, "NATS_CREDS").map(Path::of) : Optional.of(credentials),
                given(user, "NATS_USER"),
                given(password, "NATS_PASSWORD"),
                timeout);
        return BusClient.connect(settings, lasting, output::notice, output::detail);
    }

    private Optional<String> given(String option, String variable) {
        return option != null
                ? Optional.of(option)
                : Optional.ofNullable(stdio.environment().get(variable)).filter(value -> !value.isEmpty());
    }
}
