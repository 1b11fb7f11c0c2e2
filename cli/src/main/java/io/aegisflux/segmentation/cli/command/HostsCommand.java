package io.aegisflux.segmentation.cli.command;

import picocli.CommandLine.Command;

/** The group of the verbs about hosts. */
@Command(
        name = "hosts",
        description = "The known hosts: ls, rm.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExample:%n",
        footer = "  segctl hosts ls")
final class HostsCommand {}
