package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Ages;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints a policy as it was published. */
@Command(
        name = "get",
        description = "Print a policy's document, so that '> FILE' keeps it (with -o json: with version and digest).",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  segctl policy get web-db", "  segctl policy get web-db --version 2 > web-db.json"})
final class PolicyGetCommand implements Callable<Integer> {
    private final RootCommand root;

    @Parameters(index = "0", paramLabel = "ID", converter = PolicyIdText.class, description = "The policy.")
    private PolicyId policy;

    @Option(names = "--version", paramLabel = "N", description = "That version (default: the latest).")
    private Long version;

    PolicyGetCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        if (version != null && version < 1) {
            throw Failure.usage("versions count from 1, there is no " + version, "leave --version out for the latest");
        }
        StoredPolicy stored;
        try (BusClient bus = root.connect()) {
            stored = new PolicyBus(bus).get(policy, version);
        }
        Output output = root.output();
        if (output.isJson()) {
            output.json(stored);
            return ExitCode.OK;
        }
        output.notice("%s v%d  %s %s%s"
                .formatted(
                        stored.policyId(),
                        stored.version(),
                        stored.action(),
                        Ages.ago(stored.storedAt(), output.now()),
                        stored.author() == null ? "" : " by " + stored.author()));
        if (stored.canary() != null) {
            output.notice("a staged version: segctl rollout status %s tells where it is in force"
                    .formatted(stored.policyId()));
        }
        if (stored.document() == null) {
            throw Failure.refused(
                    "version %d of %s is its deletion: there is no document".formatted(stored.version(), policy),
                    "segctl policy get %s --version %d".formatted(policy, stored.version() - 1));
        }
        output.json(stored.document());
        return ExitCode.OK;
    }
}
