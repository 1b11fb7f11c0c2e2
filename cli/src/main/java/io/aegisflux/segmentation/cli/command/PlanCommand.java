package io.aegisflux.segmentation.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.PolicyPlan;
import io.aegisflux.segmentation.contracts.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What policies would have done to the connections that hosts recorded. */
@Command(
        name = "plan",
        description = {
            "Replay recorded connections on policies before they are published: what would newly be blocked, what newly allowed.",
            "Both verdicts are the evaluator's, by the stored policies and by those of the plan. What it rests on and what it"
                    + " cannot know is said: hosts that recorded nothing, flows that could not be judged. Nothing is changed."
        },
        sortOptions = false,
        exitCodeListHeading = "%nExit codes beside those of segctl:%n",
        exitCodeList = "  3:observed traffic would be blocked or allowed that is not now",
        footerHeading = "%nExamples:%n",
        footer = {
            "  segctl plan -f policies/",
            "  segctl plan -f web-db.json --since 7d",
            "  segctl plan -f policies/ --markdown > comment.md",
            "  segctl plan --delete old-policy -o json"
        })
final class PlanCommand implements Callable<Integer> {
    /** Reading a week of a large fleet takes its time. */
    static final Duration PATIENCE = Duration.ofMinutes(2);

    private final RootCommand root;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE|DIR",
            arity = "1..*",
            description = "Policies that would be published; the .json files of a directory; - is stdin.")
    private List<String> files = List.of();

    @Option(
            names = "--delete",
            paramLabel = "ID",
            converter = PolicyIdText.class,
            description = "A policy that would be deleted; may be given more than once.")
    private List<PolicyId> deletions = List.of();

    @Option(
            names = "--since",
            paramLabel = "TIME",
            defaultValue = "24h",
            description = "The window begins so long ago (default: ${DEFAULT-VALUE}). Records are kept for 7 days.")
    private Duration since;

    @Option(
            names = "--until",
            paramLabel = "TIME",
            defaultValue = "0s",
            description = "It ends so long ago (default: now).")
    private Duration until;

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "20",
            description = "List so many flows of each part at most (default: ${DEFAULT-VALUE}).")
    private int rows;

    @Option(names = "--markdown", description = "As Markdown, for a pull request.")
    private boolean markdown;

    PlanCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        Output output = root.output();
        PolicyApi.PlanRequest request = request(output.now());
        PolicyPlan plan;
        try (BusClient bus = root.connectWithPatience(PATIENCE)) {
            plan = new PolicyBus(bus).plan(request);
        }
        if (output.isJson()) {
            output.json(plan);
        } else if (markdown) {
            new PlanMarkdown(plan, output).print();
        } else {
            new PlanScreen(plan, output).print();
        }
        return changesTraffic(plan) ? ExitCode.FINDINGS : ExitCode.OK;
    }

    static boolean changesTraffic(PolicyPlan plan) {
        return plan.newlyBlocked().total().distinct()
                        + plan.newlyAllowed().total().distinct()
                > 0;
    }

    private PolicyApi.PlanRequest request(Instant now) {
        if (files.isEmpty() && deletions.isEmpty()) {
            throw Failure.usage("nothing is planned", "name policies with -f, or --delete");
        }
        if (since.compareTo(until) <= 0) {
            throw Failure.usage("--since is not before --until", "both say how long ago: --since 24h --until 1h");
        }
        List<JsonNode> documents = new ArrayList<>();
        for (PolicyFiles.Content content : PolicyFiles.read(files, root.stdio())) {
            documents.add(Wire.read(
                    PublishedDocument.parse(PublishedDocument.Kind.POLICY, content.name(), content.bytes())
                            .bytes(),
                    JsonNode.class));
        }
        try {
            return new PolicyApi.PlanRequest(
                    documents, deletions, now.minus(since), until.isZero() ? null : now.minus(until), rows);
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage(), "segctl plan --help");
        }
    }
}
