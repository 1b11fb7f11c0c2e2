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
        CommandLine context = new CommandLine(new ContextCommand())
                .addSubcommand(new ContextListCommand(root))
                .addSubcommand(new ContextShowCommand(root))
                .addSubcommand(new ContextAddCommand(root))
                .addSubcommand(new ContextUseCommand(root))
                .addSubcommand(new ContextRemoveCommand(root));
        return new CommandLine(root)
                .addSubcommand(new StatusCommand(root))
                .addSubcommand(new DoctorCommand(root))
                .addSubcommand(policy)
                .addSubcommand(new EventsCommand(root))
                .addSubcommand(new ExplainCommand(root))
                .addSubcommand(new CommandLine(new ImportCommand()).addSubcommand(new ImportKubernetesCommand(root)))
                .addSubcommand(context)
                .addSubcommand(new PubCommand(root))
                .addSubcommand(new SubCommand(root))
                .addSubcommand(new ReqCommand(root))
                .addSubcommand(new CompletionCommand(root))
                .addSubcommand(new ManCommand(root))
                .addSubcommand(new CompleteCommand(root))
                .registerConverter(Duration.class, new DurationText())
                .setCaseInsensitiveEnumValuesAllowed(true);
    }
}
