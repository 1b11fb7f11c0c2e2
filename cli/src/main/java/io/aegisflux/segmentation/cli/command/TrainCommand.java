package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.terminal.Stdio;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * Runs what is typed most, for the AOT cache that the launcher makes of such a run. Nobody need answer: what is loaded until
 * then is nearly all.
 */
@Command(
        name = "__train",
        hidden = true,
        description = "Run what is typed most and print nothing: with SEGCTL_AOT=train, for the cache.",
        footerHeading = "%nExamples:%n",
        footer = "  SEGCTL_AOT=train segctl __train")
final class TrainCommand implements Callable<Integer> {
    private static final List<List<String>> RUNS = List.of(
            List.of("__complete", "policies", "--timeout", "1s"),
            List.of("policy", "ls", "--timeout", "1s"),
            List.of("policy", "ls", "--timeout", "1s", "-o", "json"),
            List.of("status", "--timeout", "1s"),
            List.of("events", "--last", "1", "--timeout", "1s"));

    private final RootCommand root;

    TrainCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Stdio silent = new Stdio(
                InputStream.nullInputStream(),
                nowhere,
                nowhere,
                false,
                false,
                root.stdio().environment(),
                root.stdio().clock());
        for (List<String> run : RUNS) {
            String[] arguments = run.toArray(String[]::new);
            CommandTree.of(new RootCommand(silent), arguments)
                    .setExecutionExceptionHandler((failure, line, result) -> ExitCode.NO_ANSWER)
                    .execute(arguments);
        }
        return ExitCode.OK;
    }
}
