package io.aegisflux.segmentation.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Printable;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Wire;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What differs between two versions of a policy, or between the latest and a file. */
@Command(
        name = "diff",
        description = {
            "Show what differs between two versions of a policy, or between the latest one and a file.",
            "Rules are compared by their ids, wherever they stand in the document."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  segctl policy diff web-db",
            "  segctl policy diff web-db --from 1 --to 3",
            "  segctl policy diff web-db -f web-db.json"
        })
final class PolicyDiffCommand implements Callable<Integer> {
    private final RootCommand root;

    @Parameters(index = "0", paramLabel = "ID", converter = PolicyIdText.class, description = "The policy.")
    private PolicyId policy;

    @Option(
            names = "--from",
            paramLabel = "N",
            description = "That version (default: the one before; with -f the latest).")
    private Long from;

    @Option(names = "--to", paramLabel = "N", description = "That version (default: the latest).")
    private Long to;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "This document in place of a version; - is stdin.")
    private String file;

    PolicyDiffCommand(RootCommand root) {
        this.root = root;
    }

    /**
     * The differences.
     *
     * @param from a version
     * @param to a version, or null for a file
     */
    record Difference(PolicyId policyId, long from, Long to, List<DocumentChange> changes) {}

    @Override
    public Integer call() {
        if (file != null && to != null) {
            throw Failure.usage("--to and --file name two documents to compare with", "leave one of them out");
        }
        Difference difference;
        try (BusClient bus = root.connect()) {
            difference = difference(new PolicyBus(bus));
        }
        Output output = root.output();
        if (output.isJson()) {
            output.json(difference);
        } else {
            print(difference, output);
        }
        return ExitCode.OK;
    }

    private Difference difference(PolicyBus policies) {
        long latest = policies.latest(policy).version();
        if (file != null) {
            long of = from == null ? latest : from;
            return new Difference(
                    policy, of, null, DocumentChange.between(document(policies.get(policy, of)), document(file)));
        }
        long until = to == null ? latest : to;
        long of = from == null ? until - 1 : from;
        if (of < 1) {
            throw Failure.usage(
                    "%s has one version, which there is nothing before".formatted(policy),
                    "segctl policy get %s shows it".formatted(policy));
        }
        return new Difference(
                policy,
                of,
                until,
                DocumentChange.between(document(policies.get(policy, of)), document(policies.get(policy, until))));
    }

    private static JsonNode document(StoredPolicy stored) {
        return stored.document() == null ? JsonNodeFactory.instance.objectNode() : stored.document();
    }

    private JsonNode document(String name) {
        PolicyFiles.Content content =
                PolicyFiles.read(List.of(name), root.stdio()).getFirst();
        PublishedDocument<PolicyId> document =
                PublishedDocument.parse(PublishedDocument.Kind.POLICY, content.name(), content.bytes());
        if (!document.id().equals(policy)) {
            throw Failure.usage(
                    "%s is policy %s, not %s".formatted(content.name(), document.id(), policy),
                    "segctl policy diff %s -f %s".formatted(document.id(), name));
        }
        return Wire.read(document.bytes(), JsonNode.class);
    }

    private static void print(Difference difference, Output output) {
        String to = difference.to() == null ? "the file" : "v" + difference.to();
        if (difference.changes().isEmpty()) {
            output.notice("v%d and %s of %s say the same".formatted(difference.from(), to, difference.policyId()));
            return;
        }
        output.notice("%s: v%d -> %s".formatted(difference.policyId(), difference.from(), to));
        for (DocumentChange change : difference.changes()) {
            String sign = change.before() == null ? "+" : change.after() == null ? "-" : "~";
            output.line("%s %s".formatted(sign, Printable.of(change.text())));
        }
    }
}
