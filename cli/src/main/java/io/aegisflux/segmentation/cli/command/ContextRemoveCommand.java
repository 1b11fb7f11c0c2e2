package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.outcome.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Remove a context. */
@Command(
        name = "rm",
        description = "Remove a context.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = "  segctl context rm lab")
final class ContextRemoveCommand implements Callable<Integer> {
    private final RootCommand root;

    @NamesContext
    @Parameters(index = "0", paramLabel = "NAME", description = "The context.")
    private String name;

    ContextRemoveCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        ContextUseCommand.contexts(root).remove(name);
        root.output().notice("%s is removed".formatted(name));
        return ExitCode.OK;
    }
}
