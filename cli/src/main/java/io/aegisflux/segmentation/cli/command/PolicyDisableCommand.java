package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.contracts.PolicyId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Publishes a policy as disabled. */
@Command(
        name = "disable",
        description = "Publish the policy again with \"enabled\": false: it decides nothing and stays in the list.",
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  segctl policy disable web-db")
final class PolicyDisableCommand implements Callable<Integer> {
    private final RootCommand root;

    @Parameters(index = "0", paramLabel = "ID", converter = PolicyIdText.class, description = "The policy.")
    private PolicyId policy;

    @Mixin
    private AuthorOption author;

    PolicyDisableCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        return Enabling.publish(root, policy, false, author.author(root));
    }
}
