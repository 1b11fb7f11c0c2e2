package io.aegisflux.segmentation.cli.command;

import picocli.CommandLine.Command;

/** The group of the verbs about contexts. */
@Command(
        name = "context",
        description = {
            "Contexts: named ways to reach a broker. ls, show, add, use, rm.",
            "They are those of the nats CLI, in ~/.config/nats/context or under XDG_CONFIG_HOME."
        },
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExample:%n",
        footer = "  segctl context use lab")
final class ContextCommand {}
