package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Publishes what an earlier version said. */
@Command(
        name = "rollback",
        description = {
            "Publish an earlier version's document again, as a new version.",
            "Versions only rise: what was rolled back stays in the history. Refused when another version comes in between."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  segctl policy rollback web-db", "  segctl policy rollback web-db --to 3"})
final class PolicyRollbackCommand implements Callable<Integer> {
    private final RootCommand root;

    @Parameters(index = "0", paramLabel = "ID", converter = PolicyIdText.class, description = "The policy.")
    private PolicyId policy;

    @Option(names = "--to", paramLabel = "N", description = "That version (default: the one before the latest).")
    private Long to;

    @Mixin
    private AuthorOption author;

    PolicyRollbackCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        try (BusClient bus = root.connect()) {
            PolicyBus policies = new PolicyBus(bus);
            long latest = policies.latest(policy).version();
            long target = to == null ? latest - 1 : to;
            if (target < 1 || target >= latest) {
                throw Failure.usage(
                        "version %d of %s is no earlier one: its latest is %d".formatted(target, policy, latest),
                        "segctl policy history %s lists them".formatted(policy));
            }
            StoredPolicy stored = policies.get(policy, target);
            if (stored.document() == null) {
                throw Failure.refused(
                        "version %d of %s is its deletion".formatted(target, policy),
                        "segctl policy delete %s deletes it again".formatted(policy));
            }
            return Republished.publish(policies, policy, stored.document(), latest, author.author(root), root.output());
        }
    }
}
