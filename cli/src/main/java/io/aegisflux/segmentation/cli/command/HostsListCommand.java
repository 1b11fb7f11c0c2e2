package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.terminal.Ages;
import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Table;
import io.aegisflux.segmentation.contracts.PolicyApi;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** The known hosts with what selects them. */
@Command(
        name = "ls",
        aliases = "list",
        description = {
            "List the known hosts: what applies_to and rules on labels know of them. 'segctl status' shows how they stand.",
            "Labels host.* that agents give are in -o json alone."
        },
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  segctl hosts ls")
final class HostsListCommand implements Callable<Integer> {
    private final RootCommand root;

    HostsListCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        PolicyApi.HostsReply reply;
        try (BusClient bus = root.connect()) {
            reply = new PolicyBus(bus).hosts();
        }
        Output output = root.output();
        if (output.isJson()) {
            output.json(reply);
        } else if (reply.hosts().isEmpty()) {
            output.notice("no hosts yet; start an agent");
        } else {
            Table table = new Table("HOST", "REVISION>", "REPORTED", "LABELS", "ADDRESSES");
            for (PolicyApi.HostSummary host : reply.hosts()) {
                table.row(
                        Cell.of(host.hostId().value()),
                        Cell.of(host.desiredRevision()),
                        Cell.of(Ages.ago(host.lastReport(), output.now())),
                        LabelCells.labels(host.labels()),
                        LabelCells.addresses(host.addresses()));
            }
            output.table(table);
        }
        return ExitCode.OK;
    }
}
