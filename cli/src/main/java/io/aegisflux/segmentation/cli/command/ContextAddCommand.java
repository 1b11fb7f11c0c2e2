package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.context.Contexts;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Add a context of what --server, --creds, --user and --password (or their variables) say. */
@Command(
        name = "add",
        description = "Add a context of what --server, --creds, --user and --password (or their variables) say.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  segctl context add lab --server nats://lab:4222 --creds ~/lab.creds --use",
            "  NATS_PASSWORD=… segctl context add lab --server nats://lab:4222 --user me"
        })
final class ContextAddCommand implements Callable<Integer> {
    private final RootCommand root;

    @Parameters(index = "0", paramLabel = "NAME", description = "The context.")
    private String name;

    @Option(names = "--description", paramLabel = "TEXT", defaultValue = "", description = "What it is for.")
    private String description;

    @Option(names = "--use", description = "Select it, too.")
    private boolean use;

    ContextAddCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        Contexts contexts = ContextUseCommand.contexts(root);
        contexts.add(root.asContext(name, description));
        if (use) {
            contexts.select(name);
        }
        root.output().notice("%s is added%s".formatted(name, use ? " and selected" : ""));
        return ExitCode.OK;
    }
}
