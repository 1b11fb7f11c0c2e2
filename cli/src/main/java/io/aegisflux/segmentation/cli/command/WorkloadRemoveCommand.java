package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.contracts.WorkloadAccepted;
import io.aegisflux.segmentation.contracts.WorkloadId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Takes a workload out of the registry. */
@Command(
        name = "rm",
        aliases = "delete",
        description = "Remove a workload from the registry: publishes an empty body to its subject.",
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  segctl workload rm legacy-db")
final class WorkloadRemoveCommand implements Callable<Integer> {
    private final RootCommand root;

    @Parameters(index = "0", paramLabel = "ID", converter = WorkloadIdText.class, description = "The workload.")
    private WorkloadId workload;

    @Mixin
    private AuthorOption author;

    WorkloadRemoveCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        WorkloadAccepted accepted;
        try (BusClient bus = root.connect()) {
            accepted = new PolicyBus(bus).remove(workload, author.author(root));
        }
        Output output = root.output();
        if (output.isJson()) {
            output.json(accepted);
        } else {
            output.line(AcceptedLine.of(accepted, output));
        }
        return ExitCode.OK;
    }
}
