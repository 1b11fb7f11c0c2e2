package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.RolloutChange;
import io.aegisflux.segmentation.contracts.RolloutStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a rollout go another way: one verb for each action. */
@Command(sortOptions = false, footerHeading = "%nExample:%n")
final class RolloutChangeCommand implements Callable<Integer> {
    private static final Map<String, String> ACTIONS = new LinkedHashMap<>();

    static {
        ACTIONS.put(
                RolloutChange.PAUSE, "Let a rollout stand as it is: it is not promoted by itself, but still aborted.");
        ACTIONS.put(RolloutChange.RESUME, "Let a paused rollout go on.");
        ACTIONS.put(RolloutChange.PROMOTE, "Put a staged version in force on all hosts, soaked or not.");
        ACTIONS.put(RolloutChange.ABORT, "Take a staged version back: all hosts have the version before.");
    }

    private final RootCommand root;
    private final String action;

    @Parameters(index = "0", paramLabel = "ID", converter = PolicyIdText.class, description = "The policy.")
    private PolicyId policy;

    @Option(
            names = "--version",
            paramLabel = "N",
            description = "Only if this is the staged version (default: whichever is).")
    private Long version;

    @Option(names = "--reason", paramLabel = "TEXT", description = "For who asks later.")
    private String reason;

    @Mixin
    private AuthorOption author;

    private RolloutChangeCommand(RootCommand root, String action) {
        this.root = root;
        this.action = action;
    }

    /** The verbs by their names. */
    static Map<String, CommandLine> each(RootCommand root) {
        Map<String, CommandLine> verbs = new LinkedHashMap<>();
        ACTIONS.forEach((action, description) -> {
            CommandLine verb = new CommandLine(new RolloutChangeCommand(root, action));
            verb.getCommandSpec()
                    .name(action)
                    .usageMessage()
                    .description(description)
                    .footer("  segctl rollout %s web-db --reason 'as agreed with the api team'".formatted(action));
            verbs.put(action, verb);
        });
        return verbs;
    }

    @Override
    public Integer call() {
        RolloutChange change;
        try {
            change = new RolloutChange(policy, version, action, reason, author.author(root));
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage(), "segctl rollout %s %s".formatted(action, policy));
        }
        RolloutStatus status;
        try (BusClient bus = root.connect()) {
            status = new PolicyBus(bus).change(change);
        }
        Output output = root.output();
        if (output.isJson()) {
            output.json(status);
        } else {
            output.line(new RolloutScreen(output).line(status));
        }
        return ExitCode.OK;
    }
}
