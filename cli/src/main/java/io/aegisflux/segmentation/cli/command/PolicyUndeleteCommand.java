package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Publishes what a deleted policy said last. */
@Command(
        name = "undelete",
        description = "Publish the last document of a deleted policy again, as a new version.",
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  segctl policy undelete web-db")
final class PolicyUndeleteCommand implements Callable<Integer> {
    private final RootCommand root;

    @Parameters(index = "0", paramLabel = "ID", converter = PolicyIdText.class, description = "The policy.")
    private PolicyId policy;

    @Mixin
    private AuthorOption author;

    PolicyUndeleteCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        try (BusClient bus = root.connect()) {
            PolicyBus policies = new PolicyBus(bus);
            PolicyApi.VersionSummary latest = policies.latest(policy);
            if (!StoredPolicy.DELETED.equals(latest.action())) {
                throw Failure.refused(
                        "policy %s is not deleted: its version %d holds".formatted(policy, latest.version()),
                        "segctl policy rollback %s goes back to an earlier version".formatted(policy));
            }
            StoredPolicy last = policies.get(policy, latest.version() - 1);
            return Republished.publish(
                    policies, policy, last.document(), latest.version(), author.author(root), root.output());
        }
    }
}
