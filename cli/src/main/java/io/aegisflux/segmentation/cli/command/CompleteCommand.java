package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.bus.TelemetryBus;
import io.aegisflux.segmentation.cli.context.Contexts;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.contracts.TelemetryApi;
import io.aegisflux.segmentation.engine.filtering.FilterKey;
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

    private static final int MOST_HINTS = 200;

    private final RootCommand root;

    @Parameters(index = "0", paramLabel = "KIND", description = "policies, hosts, contexts, filters or event_filters.")
    private LiveValues kind;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "TYPED",
            defaultValue = "",
            description = "What is there of the term of a filter.")
    private String typed;

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
        if (kind == LiveValues.FILTERS || kind == LiveValues.EVENT_FILTERS) {
            return new FilterCompletion(kind == LiveValues.EVENT_FILTERS, this::hints).of(typed);
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

    /** None where nobody answers: a key is completed all the same. */
    private List<String> hints(FilterKey key, String prefix) {
        try (BusClient bus = root.connect()) {
            return new TelemetryBus(bus)
                    .hints(new TelemetryApi.HintsRequest(key.word(), prefix, MOST_HINTS))
                    .values();
        } catch (Failure failure) {
            root.output().detail(failure.getMessage());
            return List.of();
        }
    }
}
