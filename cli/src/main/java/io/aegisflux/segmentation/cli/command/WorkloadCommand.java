package io.aegisflux.segmentation.cli.command;

import picocli.CommandLine.Command;

/** The group of the verbs about workloads. */
@Command(
        name = "workload",
        description = "What rules on labels know: apply, get, ls, rm.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExample:%n",
        footer = "  segctl workload apply -f legacy-db.json")
final class WorkloadCommand {}
