package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.terminal.Ages;
import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Table;
import io.aegisflux.segmentation.contracts.RolloutList;
import io.aegisflux.segmentation.contracts.RolloutStatus;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** All rollouts. */
@Command(
        name = "ls",
        aliases = "list",
        description = "List the policies whose latest version is staged: open rollouts, and the last outcomes.",
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  segctl rollout ls")
final class RolloutListCommand implements Callable<Integer> {
    private final RootCommand root;

    RolloutListCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        RolloutList reply;
        try (BusClient bus = root.connect()) {
            reply = new PolicyBus(bus).rollouts();
        }
        Output output = root.output();
        if (output.isJson()) {
            output.json(reply);
        } else if (reply.rollouts().isEmpty()) {
            output.notice("no rollouts; stage one: segctl policy apply -f FILE --canary 10%");
        } else {
            Table table = new Table("POLICY", "VERSION>", "STATE", "SINCE", "CANARIES", "ACKNOWLEDGED>", "REASON");
            for (RolloutStatus rollout : reply.rollouts()) {
                table.row(
                        Cell.of(rollout.policyId().value()),
                        Cell.of(rollout.version()),
                        RolloutScreen.state(rollout.state()),
                        Cell.of(Ages.ago(rollout.since(), output.now())),
                        Cell.of(RolloutScreen.canaries(rollout)),
                        Cell.of("%d of %d".formatted(rollout.acknowledged(), rollout.canaryHosts())),
                        Cell.of(rollout.reason() == null ? "" : rollout.reason()));
            }
            output.table(table);
        }
        return ExitCode.OK;
    }
}
