package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.RegisteredWorkload;
import io.aegisflux.segmentation.contracts.WorkloadId;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints a workload of the registry. */
@Command(
        name = "get",
        description = "Print a workload of the registry as a document, so that '> FILE' keeps it.",
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  segctl workload get legacy-db > legacy-db.json")
final class WorkloadGetCommand implements Callable<Integer> {
    private final RootCommand root;

    @Parameters(index = "0", paramLabel = "ID", converter = WorkloadIdText.class, description = "The workload.")
    private WorkloadId workload;

    WorkloadGetCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        RegisteredWorkload found;
        try (BusClient bus = root.connect()) {
            found = new PolicyBus(bus)
                    .workloads().stream()
                            .filter(it -> it.hostId() == null && it.name().equals(workload.value()))
                            .map(it -> new RegisteredWorkload(workload, it.labels(), it.addresses(), it.expiresAt()))
                            .findFirst()
                            .orElseThrow(() -> Failure.refused(new ApiError(
                                    ApiError.NOT_FOUND,
                                    "no workload %s is registered".formatted(workload),
                                    "segctl workload ls lists them",
                                    List.of())));
        }
        root.output().json(found);
        return ExitCode.OK;
    }
}
