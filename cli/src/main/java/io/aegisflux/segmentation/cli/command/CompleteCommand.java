package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.context.Contexts;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints values for a completion script, one a line: of what cannot be told, nothing, for a shell waits for it. */
@Command(
        name = CompleteCommand.NAME,
        hidden = true,
        description = "Print values for a completion script.",
        footerHeading = "%nExamples:%n",
        footer = "  segctl __complete policies --timeout 1s")
final class CompleteCommand implements Callable<Integer> {
    static final String NAME = "__complete";

    private final RootCommand root;

    @Parameters(index = "0", paramLabel = "KIND", description = "policies, hosts or contexts.")
    private LiveValues kind;

    CompleteCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        try {
            values().forEach(root.output()::line);
        } catch (Failure failure) {
            root.output().detail(failure.getMessage());
        }
        return ExitCode.OK;
    }

    private List<String> values() {
        if (kind == LiveValues.CONTEXTS) {
            return root.contexts().map(Contexts::names).orElse(List.of());
        }
        try (BusClient bus = root.connect()) {
            PolicyBus policies = new PolicyBus(bus);
            return kind == LiveValues.HOSTS
                    ? policies.hosts().hosts().stream()
                            .map(host -> host.hostId().value())
                            .toList()
                    : policies.list().policies().stream()
                            .map(policy -> policy.policyId().value())
                            .toList();
        }
    }
}
