package io.aegisflux.segmentation.cli.command;

import picocli.CommandLine.Command;

/** The group of the verbs about policies. */
@Command(
        name = "policy",
        description =
                "Policies: apply, get, ls, history, diff, rollback, enable, disable, delete, undelete, suggest, unused.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExample:%n",
        footer = "  segctl policy apply -f examples/web-db.json")
final class PolicyCommand {}
