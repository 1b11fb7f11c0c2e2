package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.RolloutStatus;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A rollout, host by host. */
@Command(
        name = "status",
        description = "Show how a policy's rollout stands, host by host.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  segctl rollout status web-db",
            "  segctl rollout status web-db -f             (until it is decided; 3 when aborted)",
            "  segctl rollout status web-db --wait 10m     (6 when it is not decided by then)"
        })
final class RolloutStatusCommand implements Callable<Integer> {
    private final RootCommand root;

    @Parameters(index = "0", paramLabel = "ID", converter = PolicyIdText.class, description = "The policy.")
    private PolicyId policy;

    @Option(
            names = {"-f", "--follow", "--watch"},
            description = "Go on until it is decided: a live table on a terminal, else a line at each change.")
    private boolean follow;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            description = "As -f, but so long at most: ends with 0 when promoted, 3 when aborted, else 6.")
    private Duration patience;

    RolloutStatusCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws InterruptedException {
        Output output = root.output();
        if (!follow && patience == null) {
            RolloutStatus status;
            try (BusClient bus = root.connect()) {
                status = new PolicyBus(bus).rollout(policy);
            }
            if (output.isJson()) {
                output.json(status);
            } else {
                new RolloutScreen(output)
                        .lines(status, RolloutStatus.MOST_HOSTS)
                        .forEach(output::line);
            }
            return ExitCode.OK;
        }
        int exit;
        try (BusClient bus = root.connectForLong()) {
            exit = new RolloutFollower(new PolicyBus(bus), output, patience)
                    .follow(policy, root.stdio().outIsTerminal());
        }
        return switch (exit) {
            case ExitCode.FINDINGS ->
                throw Failure.findings(
                        "the rollout of %s came to nothing".formatted(policy),
                        "segctl rollout status %s says why; publish it again when that is mended".formatted(policy));
            case ExitCode.INCOMPLETE ->
                throw Failure.incomplete(
                        "the rollout of %s is not decided".formatted(policy),
                        "segctl rollout promote|abort %s decides it".formatted(policy));
            default -> exit;
        };
    }
}
