package io.aegisflux.segmentation.cli.command;

import picocli.CommandLine.Command;

/** The group of what is read from elsewhere. */
@Command(
        name = "import",
        description = "Policies of other systems as policies of ours: k8s.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExample:%n",
        footer = "  segctl import k8s network-policies/ -d policies/")
final class ImportCommand {}
