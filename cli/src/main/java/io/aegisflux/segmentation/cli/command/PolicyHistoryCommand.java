package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Ages;
import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Table;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The versions of a policy. */
@Command(
        name = "history",
        description = "List the versions of a policy, the last one first. A deletion is a version, too.",
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  segctl policy history web-db")
final class PolicyHistoryCommand implements Callable<Integer> {
    private final RootCommand root;

    @Parameters(index = "0", paramLabel = "ID", converter = PolicyIdText.class, description = "The policy.")
    private PolicyId policy;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "" + PolicyApi.HistoryRequest.DEFAULT,
            description = "So many versions at most (default: ${DEFAULT-VALUE}).")
    private int limit;

    PolicyHistoryCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        if (limit < 1 || limit > PolicyApi.HistoryRequest.MOST) {
            throw Failure.usage(
                    "--limit is %d".formatted(limit), "write 1 to %d".formatted(PolicyApi.HistoryRequest.MOST));
        }
        PolicyApi.HistoryReply reply;
        try (BusClient bus = root.connect()) {
            reply = new PolicyBus(bus).history(policy, limit);
        }
        Output output = root.output();
        if (output.isJson()) {
            output.json(reply);
            return ExitCode.OK;
        }
        boolean isStaged = reply.versions().stream().anyMatch(version -> version.rollout() != null);
        boolean isNamed = reply.versions().stream().anyMatch(version -> version.author() != null);
        List<String> headings = new ArrayList<>(List.of("VERSION>", "ACTION", "STORED", "DIGEST"));
        if (isStaged) {
            headings.add(2, "ROLLOUT");
        }
        if (isNamed) {
            headings.add("AUTHOR");
        }
        Table table = new Table(headings.toArray(String[]::new));
        for (PolicyApi.VersionSummary version : reply.versions()) {
            List<Cell> cells = new ArrayList<>(List.of(
                    Cell.of(version.version()),
                    Cell.of(version.action()),
                    Cell.of(Ages.ago(version.storedAt(), output.now())),
                    Cell.of(AcceptedLine.digest(version.digest()))));
            if (isStaged) {
                cells.add(2, version.rollout() == null ? Cell.none() : RolloutScreen.state(version.rollout()));
            }
            if (isNamed) {
                cells.add(
                        version.author() == null
                                ? Cell.none()
                                : Cell.of(version.author().value()));
            }
            table.row(cells.toArray(Cell[]::new));
        }
        output.table(table);
        return ExitCode.OK;
    }
}
