package io.aegisflux.segmentation.cli.command;

import picocli.CommandLine.Command;

/** The group of the verbs about rollouts. */
@Command(
        name = "rollout",
        description = "Staged versions of policies: ls, status, pause, resume, promote, abort.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExample:%n",
        footer = "  segctl rollout status web-db -f")
final class RolloutCommand {}
