package io.aegisflux.segmentation.cli;

import io.aegisflux.segmentation.cli.bus.BusSettings;
import io.aegisflux.segmentation.cli.command.CommandTree;
import io.aegisflux.segmentation.cli.command.RootCommand;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.ColorWhen;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Printable;
import io.aegisflux.segmentation.cli.terminal.Stdio;
import io.aegisflux.segmentation.cli.terminal.Tone;
import io.aegisflux.segmentation.contracts.Violation;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program. */
public final class Segctl {
    private Segctl() {}

    public static void main(String[] arguments) {
        // Straight out: what hangs in the background of a finished run is not worth waiting for.
        Runtime.getRuntime().halt(run(Stdio.ofProcess(), arguments));
    }

    /**
     * One run.
     *
     * @return the exit code, one of {@link ExitCode}
     */
    public static int run(Stdio stdio, String... arguments) {
        RootCommand root = new RootCommand(stdio);
        boolean colors = ColorWhen.AUTO.holds(stdio.outIsTerminal(), stdio.environment());
        return CommandTree.of(root, arguments)
                .setOut(new PrintWriter(stdio.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(stdio.err(), true, StandardCharsets.UTF_8))
                .setColorScheme(CommandLine.Help.defaultColorScheme(colors ? Ansi.ON : Ansi.OFF))
                .setParameterExceptionHandler((e, args) -> complain(root.output(), e))
                .setExecutionExceptionHandler((e, line, result) -> fail(root.output(), e))
                .execute(arguments);
    }

    private static int complain(Output output, ParameterException e) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName(" ");
        report(output, e.getMessage(), "'%s --help' shows how it is written".formatted(command));
        if (e instanceof UnmatchedArgumentException unmatched) {
            unmatched.getSuggestions().stream().limit(3).forEach(word -> output.complaint("  did you mean: " + word));
        }
        return ExitCode.USAGE;
    }

    private static int fail(Output output, Exception e) {
        if (e instanceof Failure failure) {
            report(output, failure.getMessage(), failure.next());
            for (Violation violation : failure.violations()) {
                output.complaint("  %s  %s".formatted(violation.path(), Printable.of(violation.reason())));
            }
            trace(output, failure.getCause());
            return failure.exitCode();
        }
        report(
                output,
                "internal error: " + e,
                output.isVerbose() ? "report it with what stands below" : "the same command with -v shows where");
        trace(output, e);
        return ExitCode.INTERNAL;
    }

    private static void report(Output output, String message, String next) {
        output.complaint(Tone.BAD.paint("segctl:", output.errColors()) + " " + Printable.of(message));
        if (!next.isEmpty()) {
            output.complaint("  → " + Printable.of(next));
        }
    }

    private static void trace(Output output, Throwable cause) {
        if (cause != null && output.isVerbose()) {
            StringWriter trace = new StringWriter();
            cause.printStackTrace(new PrintWriter(trace));
            output.errors().print(BusSettings.redacted(trace.toString()));
        }
    }
}
