package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.PolicySuggestion;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** An allow list of what was observed, for a person to look at. */
@Command(
        name = "suggest",
        description = {
            "Write an allow list of the connections that hosts recorded and that pass now, in audit mode.",
            "The document goes to stdout and nowhere else; each rule carries its evidence. Look at it, plan it, apply it, read what"
                    + " it reports, and then set \"mode\": \"enforce\". Connections that an allow rule covers already are left out."
        },
        sortOptions = false,
        exitCodeListHeading = "%nExit codes beside those of segctl:%n",
        exitCodeList = "  3:there is nothing to suggest",
        footerHeading = "%nExamples:%n",
        footer = {
            "  segctl policy suggest db-in --label role=data > db-in.json",
            "  segctl policy suggest db-out --host 'db-*' --direction egress --since 7d",
            "  segctl policy suggest db-in --label role=data -o json"
        })
final class PolicySuggestCommand implements Callable<Integer> {
    private final RootCommand root;

    @Parameters(
            index = "0",
            paramLabel = "ID",
            converter = PolicyIdText.class,
            description = "The policy that it becomes.")
    private PolicyId policy;

    @Option(
            names = "--host",
            paramLabel = "GLOB",
            description = "Of these hosts; may be given more than once (default: all).")
    private List<String> hosts = List.of();

    @Option(names = "--label", paramLabel = "KEY=VALUE", description = "Of hosts with this label; may be given again.")
    private Map<String, String> labels = Map.of();

    @Option(
            names = "--direction",
            paramLabel = "D",
            defaultValue = "ingress",
            description = "ingress: who may reach them; egress: whom they may reach (default: ${DEFAULT-VALUE}).")
    private Direction direction;

    @Option(
            names = "--by-label",
            paramLabel = "KEY",
            defaultValue = PolicyApi.SuggestRequest.DEFAULT_LABEL,
            description =
                    "Name workloads at the other end by this label, all others by address (default: ${DEFAULT-VALUE}).")
    private String byLabel;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            defaultValue = "24h",
            description = "The window begins so long ago (default: ${DEFAULT-VALUE}). Records are kept for 7 days.")
    private Duration since;

    @Option(names = "--covered", description = "Also connections that an allow rule covers already.")
    private boolean covered;

    PolicySuggestCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        Output output = root.output();
        PolicyApi.SuggestRequest request;
        try {
            request = new PolicyApi.SuggestRequest(
                    policy, hosts, labels, direction, byLabel, output.now().minus(since), null, covered);
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage(), "segctl policy suggest --help");
        }
        PolicySuggestion suggestion;
        try (BusClient bus = root.connectWithPatience(PlanCommand.PATIENCE)) {
            suggestion = new PolicyBus(bus).suggest(request);
        }
        if (output.isJson()) {
            output.json(suggestion);
        } else if (suggestion.document() != null) {
            output.json(suggestion.document());
        }
        note(suggestion, output);
        return suggestion.document() == null ? ExitCode.FINDINGS : ExitCode.OK;
    }

    private static void note(PolicySuggestion suggestion, Output output) {
        output.notice("%s suggested, from %d of %s"
                .formatted(
                        PlanWords.total(suggestion.suggested()),
                        suggestion.evidence().hostsHeard(),
                        PlanWords.count(suggestion.evidence().hostsKnown(), "host")));
        if (suggestion.covered().distinct() > 0) {
            output.notice("left out, for an allow rule covers them: %s (--covered takes them in)"
                    .formatted(PlanWords.total(suggestion.covered())));
        }
        if (suggestion.denied().distinct() > 0) {
            output.notice("left out, for they are denied now: " + PlanWords.total(suggestion.denied()));
        }
        PlanWords.doubts(suggestion.evidence(), output.now()).forEach(doubt -> output.notice("! " + doubt));
    }
}
