package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.contracts.PolicyAccepted;
import io.aegisflux.segmentation.contracts.PolicyId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Publishes a policy's deletion. */
@Command(
        name = "delete",
        aliases = "rm",
        description = "Delete a policy: publishes an empty body to its subject. Its versions stay in the history.",
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  segctl policy delete web-db")
final class PolicyDeleteCommand implements Callable<Integer> {
    private final RootCommand root;

    @Parameters(index = "0", paramLabel = "ID", converter = PolicyIdText.class, description = "The policy.")
    private PolicyId policy;

    @Mixin
    private AuthorOption author;

    PolicyDeleteCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        PolicyAccepted accepted;
        try (BusClient bus = root.connect()) {
            accepted = new PolicyBus(bus).delete(policy, author.author(root));
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
