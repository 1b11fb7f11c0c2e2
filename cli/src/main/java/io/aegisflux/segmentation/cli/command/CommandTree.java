package io.aegisflux.segmentation.cli.command;

import java.time.Duration;
import picocli.CommandLine;

/** Every verb under its place. */
public final class CommandTree {
    private CommandTree() {}

    /**
     * What these arguments need. A shell waits for a completion, and people expect a version at once: the other verbs,
     * whose description takes half of such a run, are left out.
     */
    public static CommandLine of(RootCommand root, String... arguments) {
        String first = arguments.length == 0 ? "" : arguments[0];
        boolean isBrief = first.equals(CompleteCommand.NAME) || (arguments.length == 1 && first.equals("--version"));
        return isBrief ? configured(new CommandLine(root).addSubcommand(new CompleteCommand(root))) : of(root);
    }

    /** Every verb. */
    public static CommandLine of(RootCommand root) {
        CommandLine policy = new CommandLine(new PolicyCommand())
                .addSubcommand(new PolicyApplyCommand(root))
                .addSubcommand(new PolicyGetCommand(root))
                .addSubcommand(new PolicyListCommand(root))
                .addSubcommand(new PolicyHistoryCommand(root))
                .addSubcommand(new PolicyDiffCommand(root))
                .addSubcommand(new PolicyLintCommand(root))
                .addSubcommand(new PolicyRollbackCommand(root))
                .addSubcommand(new PolicyEnableCommand(root))
                .addSubcommand(new PolicyDisableCommand(root))
                .addSubcommand(new PolicyDeleteCommand(root))
                .addSubcommand(new PolicyUndeleteCommand(root))
                .addSubcommand(new PolicySuggestCommand(root))
                .addSubcommand(new PolicyUnusedCommand(root));
        CommandLine workload = new CommandLine(new WorkloadCommand())
                .addSubcommand(new WorkloadApplyCommand(root))
                .addSubcommand(new WorkloadGetCommand(root))
                .addSubcommand(new WorkloadListCommand(root))
                .addSubcommand(new WorkloadRemoveCommand(root));
        CommandLine hosts = new CommandLine(new HostsCommand())
                .addSubcommand(new HostsListCommand(root))
                .addSubcommand(new HostsRemoveCommand(root));
        CommandLine context = new CommandLine(new ContextCommand())
                .addSubcommand(new ContextListCommand(root))
                .addSubcommand(new ContextShowCommand(root))
                .addSubcommand(new ContextAddCommand(root))
                .addSubcommand(new ContextUseCommand(root))
                .addSubcommand(new ContextRemoveCommand(root));
        CommandLine rollout = new CommandLine(new RolloutCommand())
                .addSubcommand(new RolloutListCommand(root))
                .addSubcommand(new RolloutStatusCommand(root));
        RolloutChangeCommand.each(root).forEach(rollout::addSubcommand);
        return configured(new CommandLine(root)
                .addSubcommand(new StatusCommand(root))
                .addSubcommand(new DoctorCommand(root))
                .addSubcommand(new BundleCommand(root))
                .addSubcommand(policy)
                .addSubcommand(workload)
                .addSubcommand(hosts)
                .addSubcommand(rollout)
                .addSubcommand(new FlowsCommand(root))
                .addSubcommand(new MapCommand(root))
                .addSubcommand(new TopCommand(root))
                .addSubcommand(new EventsCommand(root))
                .addSubcommand(new ExplainCommand(root))
                .addSubcommand(new PlanCommand(root))
                .addSubcommand(new DemoCommand(root))
                .addSubcommand(new CommandLine(new ImportCommand()).addSubcommand(new ImportKubernetesCommand(root)))
                .addSubcommand(context)
                .addSubcommand(new PubCommand(root))
                .addSubcommand(new SubCommand(root))
                .addSubcommand(new ReqCommand(root))
                .addSubcommand(new CompletionCommand(root))
                .addSubcommand(new ManCommand(root))
                .addSubcommand(new CompleteCommand(root))
                .addSubcommand(new TrainCommand(root)));
    }

    private static CommandLine configured(CommandLine commands) {
        return commands.registerConverter(Duration.class, new DurationText()).setCaseInsensitiveEnumValuesAllowed(true);
    }
}
