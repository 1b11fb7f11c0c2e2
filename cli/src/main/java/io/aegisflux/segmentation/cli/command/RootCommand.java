package io.aegisflux.segmentation.cli.command;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.BusSettings;
import io.aegisflux.segmentation.cli.bus.Publisher;
import io.aegisflux.segmentation.cli.context.Context;
import io.aegisflux.segmentation.cli.context.Contexts;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.ColorWhen;
import io.aegisflux.segmentation.cli.terminal.Format;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Stdio;
import io.aegisflux.segmentation.contracts.Author;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
    private final Stdio stdio;

    @Option(
            names = {"-s", "--server"},
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            description =
                    "NATS server, or several with commas (NATS_URL; else the context's; else nats://localhost:4222).")
    private String server;

    @NamesContext
    @Option(
            names = "--context",
            paramLabel = "NAME",
            scope = ScopeType.INHERIT,
            description =
                    "A context of the nats CLI (NATS_CONTEXT; else the selected one). Options and environment win.")
    private String context;

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
            description =
                    "table, json or yaml: one value, or one a line (json) or document (yaml) for a stream (default: table).")
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
                        format == null ? Format.TABLE : format,
                        color == null ? ColorWhen.AUTO : color,
                        ascii,
                        quiet,
                        verbose,
                        utc));
    }

    Stdio stdio() {
        return stdio;
    }

    Duration timeout() {
        return timeout;
    }

    /** A connection for questions with one answer. */
    BusClient connect() {
        return connect(false, timeout);
    }

    /** As above, for a question whose answer takes so long, or as long as the user will wait. */
    BusClient connectWithPatience(Duration patience) {
        return connect(false, patience.compareTo(timeout) > 0 ? patience : timeout);
    }

    /** A connection that outlives the broker's restarts. */
    BusClient connectForLong() {
        return connect(true, timeout);
    }

    /** The address that the options, the environment or the context give. */
    String urls() {
        return urls(context());
    }

    /** Who we are, as far as the options, the environment, the context or this machine know. */
    Optional<Author> publisher() {
        return Publisher.of(settings(context(), timeout));
    }

    /** The contexts of this user; empty without a home directory. */
    Optional<Contexts> contexts() {
        return Contexts.of(stdio.environment());
    }

    /**
     * What the options and the environment say, as a context of this name.
     *
     * @throws Failure of the usage kind when they do not go together
     */
    Context asContext(String name, String description) {
        BusSettings settings = settings(Optional.empty(), timeout);
        return new Context(
                name,
                description,
                settings.urls(),
                settings.user(),
                settings.password(),
                Optional.empty(),
                settings.credentials().map(file -> file.toAbsolutePath().toString()),
                List.of());
    }

    private BusClient connect(boolean lasting, Duration patience) {
        Output output = output();
        Optional<Context> context = context();
        context.ifPresent(Context::requireFollowed);
        return BusClient.connect(settings(context, patience), lasting, output::notice, output::detail);
    }

    /** The context that is named, or else selected. */
    private Optional<Context> context() {
        Optional<Contexts> all = contexts();
        Optional<String> name = given(context, "NATS_CONTEXT");
        if (name.isPresent()) {
            return Optional.of(all.orElseThrow(() -> Failure.usage(
                            "there is no context %s: there is no home directory".formatted(name.get()),
                            "set HOME or XDG_CONFIG_HOME"))
                    .get(name.get()));
        }
        return all.flatMap(contexts -> contexts.selected().map(contexts::get));
    }

    private String urls(Optional<Context> context) {
        return given(server, "NATS_URL")
                .or(() -> context.map(Context::urls).filter(urls -> !urls.isEmpty()))
                .orElse("nats://localhost:4222");
    }

    /** Who we are is taken from one place: options and environment, or the context. */
    private BusSettings settings(Optional<Context> context, Duration patience) {
        Optional<Path> file = credentials == null ? given(null, "NATS_CREDS").map(Path::of) : Optional.of(credentials);
        Optional<String> name = given(user, "NATS_USER");
        Optional<String> secret = given(password, "NATS_PASSWORD");
        boolean ours = file.isPresent() || name.isPresent() || secret.isPresent() || context.isEmpty();
        if (ours) {
            return new BusSettings(urls(context), file, name, secret, Optional.empty(), patience);
        }
        // A file may hold several; which one counts is as in the nats CLI.
        Context it = context.get();
        boolean named = it.user().isPresent();
        Optional<Path> creds = named ? Optional.empty() : it.credentialsFile(Contexts.home(stdio.environment()));
        return new BusSettings(
                urls(context),
                creds,
                it.user(),
                it.password(),
                it.token().filter(token -> !named && creds.isEmpty()),
                patience);
    }

    private Optional<String> given(String option, String variable) {
        return option != null
                ? Optional.of(option)
                : Optional.ofNullable(stdio.environment().get(variable)).filter(value -> !value.isEmpty());
    }
}
