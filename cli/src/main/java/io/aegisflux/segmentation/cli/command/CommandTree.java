package io.aegisflux.segmentation.cli.command;

import java.time.Duration;
import picocli.CommandLine;

/** Every verb under its place. */
public final class CommandTree {
    private CommandTree() {}

    public static CommandLine of(RootCommand root) {
        CommandLine policy = new CommandLine(new PolicyCommand())
                .addSubcommand(new PolicyApplyCommand(root))
                .addSubcommand(new PolicyGetCommand(root))
                .addSubcommand(new PolicyListCommand(root))
                .addSubcommand(new PolicyHistoryCommand(root))
                .addSubcommand(new PolicyDiffCommand(root))
                .addSubcommand(new PolicyRollbackCommand(root))
                .addSubcommand(new PolicyEnableCommand(root))
                .addSubcommand(new PolicyDisableCommand(root))
                .addSubcommand(new PolicyDeleteCommand(root))
                .addSubcommand(new PolicyUndeleteCommand(root));
        CommandLine rollout = new CommandLine(new RolloutCommand())
                .addSubcommand(new RolloutListCommand(root))
                .addSubcommand(new RolloutStatusCommand(root));
        RolloutChangeCommand.each(root).forEach(rollout::addSubcommand);
        return new CommandLine(root)
                .addSubcommand(new StatusCommand(root))
                .addSubcommand(policy)
                .addSubcommand(rollout)
                .addSubcommand(new EventsCommand(root))
                .addSubcommand(new ExplainCommand(root))
                .addSubcommand(new PubCommand(root))
                .addSubcommand(new SubCommand(root))
                .addSubcommand(new ReqCommand(root))
                .addSubcommand(new CompletionCommand(root))
                .registerConverter(Duration.class, new DurationText())
                .setCaseInsensitiveEnumValuesAllowed(true);
    }
}
