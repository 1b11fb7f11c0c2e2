package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.contracts.PolicyId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Publishes a policy as enabled. */
@Command(
        name = "enable",
        description = "Publish the policy again with \"enabled\": true, so that it decides.",
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  segctl policy enable web-db")
final class PolicyEnableCommand implements Callable<Integer> {
    private final RootCommand root;

    @Parameters(index = "0", paramLabel = "ID", converter = PolicyIdText.class, description = "The policy.")
    private PolicyId policy;

    @Mixin
    private AuthorOption author;

    PolicyEnableCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        return Enabling.publish(root, policy, true, author.author(root));
    }
}
