package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Table;
import io.aegisflux.segmentation.contracts.PolicyApi;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** All that rules on labels know. */
@Command(
        name = "ls",
        aliases = "list",
        description = {
            "List what rules on labels know: hosts, the workloads that they report, and the registry.",
            "Labels host.* that agents give are in -o json alone."
        },
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  segctl workload ls")
final class WorkloadListCommand implements Callable<Integer> {
    private final RootCommand root;

    WorkloadListCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        List<PolicyApi.WorkloadSummary> workloads;
        try (BusClient bus = root.connect()) {
            workloads = new PolicyBus(bus).workloads();
        }
        Output output = root.output();
        if (output.isJson()) {
            output.json(new PolicyApi.WorkloadsReply(workloads, null));
        } else if (workloads.isEmpty()) {
            output.notice("no workloads yet; register one: segctl workload apply -f FILE");
        } else {
            output.table(table(workloads, output));
        }
        return ExitCode.OK;
    }

    private static Table table(List<PolicyApi.WorkloadSummary> workloads, Output output) {
        Table table = new Table("WORKLOAD", "FROM", "LABELS", "ADDRESSES", "EXPIRES");
        for (PolicyApi.WorkloadSummary workload : workloads) {
            table.row(
                    Cell.of(workload.name()),
                    Cell.of(
                            workload.hostId() == null
                                    ? "registry"
                                    : workload.hostId().value()),
                    LabelCells.labels(workload.labels()),
                    LabelCells.addresses(workload.addresses()),
                    workload.expiresAt() == null ? Cell.none() : Cell.of(output.time(workload.expiresAt())));
        }
        return table;
    }
}
