package io.aegisflux.segmentation.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.LintSeverity;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What may not be meant so in policies. */
@Command(
        name = "lint",
        description = {
            "Find what may not be meant so: rules that never decide, are empty, over-wide or expired, contradict each other, or"
                    + " that no known host can enforce.",
            "Files are judged among the stored policies, in place of those of their ids; without files, what is stored is."
                    + " Nothing is published. Ends with 3 when there is a warning."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  segctl policy lint",
            "  segctl policy lint web-db",
            "  segctl policy lint -f web-db.json",
            "  segctl policy lint -f policies/ --offline --strict -o json"
        })
final class PolicyLintCommand implements Callable<Integer> {
    /** Where in a request with several documents a violation is. */
    private static final Pattern PLACE = Pattern.compile("/documents/([0-9]{1,6})(.*)", Pattern.DOTALL);

    /** Ten thousand rules that all meet take seconds of a core. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final RootCommand root;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "ID",
            converter = PolicyIdText.class,
            description = "The stored policy (default: all of them).")
    private PolicyId policy;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE|DIR",
            arity = "1..*",
            description = "Policies in place of stored ones; the .json files of a directory; - is stdin.")
    private List<String> files;

    @Option(
            names = "--offline",
            description =
                    "Judge the files alone, without NATS: nothing is known of stored policies, hosts and workloads.")
    private boolean offline;

    @Option(names = "--strict", description = "End with 3 for findings of the severity info too.")
    private boolean strict;

    PolicyLintCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        if (policy != null && files != null) {
            throw Failure.usage(
                    "%s is stored, --file is not: they are not judged together".formatted(policy),
                    "leave one of them out");
        }
        if (offline && files == null) {
            throw Failure.usage("--offline judges files, and none is named", "segctl policy lint --offline -f FILE");
        }
        Output output = root.output();
        Optional<List<PublishedDocument<PolicyId>>> documents = documents(output);
        if (documents.isEmpty()) {
            return ExitCode.REFUSED;
        }
        PolicyApi.LintReply reply;
        try {
            reply = offline ? OfflineLint.of(documents.get(), output.now()) : ask(documents.get());
        } catch (Failure failure) {
            ApiError error = failure.error()
                    .filter(it -> it.code().equals(ApiError.INVALID_POLICY))
                    .orElseThrow(() -> failure);
            refuse(error, documents.get(), output);
            return ExitCode.REFUSED;
        }
        if (output.isJson()) {
            output.json(reply);
        } else {
            new LintReport(reply, offline, documents.get()).print(output);
        }
        boolean fails =
                reply.findings().stream().anyMatch(finding -> strict || finding.severity() == LintSeverity.WARNING);
        return fails ? ExitCode.FINDINGS : ExitCode.OK;
    }

    private PolicyApi.LintReply ask(List<PublishedDocument<PolicyId>> documents) {
        List<JsonNode> bodies = documents.stream()
                .map(document -> Wire.read(document.bytes(), JsonNode.class))
                .toList();
        try (BusClient bus = root.connectWithPatience(PATIENCE)) {
            return new PolicyBus(bus).lint(new PolicyApi.LintRequest(bodies, policy));
        }
    }

    /** The documents that the files hold; empty when one is refused already, of which the reason is told. */
    private Optional<List<PublishedDocument<PolicyId>>> documents(Output output) {
        List<PublishedDocument<PolicyId>> documents = new ArrayList<>();
        Map<PolicyId, String> seen = new HashMap<>();
        boolean isRefused = false;
        for (PolicyFiles.Content content :
                files == null ? List.<PolicyFiles.Content>of() : PolicyFiles.read(files, root.stdio())) {
            try {
                documents.add(
                        PublishedDocument.parse(PublishedDocument.Kind.POLICY, content.name(), content.bytes(), seen));
            } catch (Failure failure) {
                Refusal.print(content.name(), failure.error().orElseThrow(() -> failure), output);
                isRefused = true;
            }
        }
        return isRefused ? Optional.empty() : Optional.of(documents);
    }

    /** Tells of each file what is wrong with it. */
    private static void refuse(ApiError error, List<PublishedDocument<PolicyId>> documents, Output output) {
        Map<Integer, List<Violation>> byDocument = new HashMap<>();
        for (Violation violation : error.violations()) {
            Matcher place = PLACE.matcher(violation.path());
            if (place.matches()) {
                byDocument
                        .computeIfAbsent(Integer.valueOf(place.group(1)), ignored -> new ArrayList<>())
                        .add(new Violation(place.group(2), violation.reason(), violation.hint()));
            }
        }
        for (int i = 0; i < documents.size(); i++) {
            List<Violation> violations = byDocument.getOrDefault(i, List.of());
            if (!violations.isEmpty()) {
                String found = violations.size() == 1 ? "1 violation" : violations.size() + " violations";
                Refusal.print(
                        documents.get(i).source(), new ApiError(error.code(), found, error.hint(), violations), output);
            }
        }
    }
}
