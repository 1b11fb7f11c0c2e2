package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusSettings;
import io.aegisflux.segmentation.cli.context.Contexts;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Select the context that is used where none is named. */
@Command(
        name = "use",
        description = "Select the context that is used where none is named.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = "  segctl context use lab")
final class ContextUseCommand implements Callable<Integer> {
    private final RootCommand root;

    @NamesContext
    @Parameters(index = "0", paramLabel = "NAME", description = "The context.")
    private String name;

    ContextUseCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        Contexts contexts = contexts(root);
        contexts.select(name);
        root.output()
                .notice("%s is selected: %s"
                        .formatted(
                                name,
                                BusSettings.withoutSecrets(contexts.get(name).urls())));
        return ExitCode.OK;
    }

    /** The user's contexts, to be changed. */
    static Contexts contexts(RootCommand root) {
        return root.contexts()
                .orElseThrow(() ->
                        Failure.usage("there is no home directory to keep contexts in", "set HOME or XDG_CONFIG_HOME"));
    }
}
