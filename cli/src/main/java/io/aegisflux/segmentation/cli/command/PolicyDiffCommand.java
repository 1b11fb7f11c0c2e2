package io.aegisflux.segmentation.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Ages;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Printable;
import io.aegisflux.segmentation.cli.terminal.Tone;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Wire;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What differs between two versions of a policy, or between the latest and a file. */
@Command(
        name = "diff",
        description = {
            "Show what differs between two versions of a policy, or between the latest one and a file.",
            "First what it means: rules are compared by their ids, wherever they stand in the document. Then the text: a"
                    + " unified diff of both, written with sorted members."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  segctl policy diff web-db",
            "  segctl policy diff web-db --from 1 --to 3",
            "  segctl policy diff web-db -f web-db.json --text"
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

    @Option(names = "--meaning", description = "Only what it means.")
    private boolean onlyMeaning;

    @Option(names = "--text", description = "Only the text.")
    private boolean onlyText;

    PolicyDiffCommand(RootCommand root) {
        this.root = root;
    }

    /**
     * The differences.
     *
     * @param from a version
     * @param to a version, or null for a file
     * @param text a unified diff; empty where the documents are equal
     */
    record Difference(PolicyId policyId, long from, Long to, List<DocumentChange> changes, String text) {}

    /**
     * One of the two documents.
     *
     * @param version null for a file
     * @param origin who made it and when; empty where nobody knows
     */
    private record Side(Long version, JsonNode document, String origin) {
        String name() {
            return version == null ? "the file" : "v" + version;
        }
    }

    @Override
    public Integer call() {
        if (file != null && to != null) {
            throw Failure.usage("--to and --file name two documents to compare with", "leave one of them out");
        }
        if (onlyMeaning && onlyText) {
            throw Failure.usage("--meaning and --text are each but one half", "leave both out to see both");
        }
        Side before;
        Side after;
        try (BusClient bus = root.connect()) {
            PolicyBus policies = new PolicyBus(bus);
            long latest = policies.latest(policy).version();
            long until = to == null ? latest : to;
            long of = from != null ? from : file != null ? latest : until - 1;
            if (of < 1) {
                throw Failure.usage(
                        "%s has one version, which there is nothing before".formatted(policy),
                        "segctl policy get %s shows it".formatted(policy));
            }
            before = side(policies.get(policy, of));
            after = file != null ? new Side(null, document(file), "") : side(policies.get(policy, until));
        }
        List<DocumentChange> changes = DocumentChange.between(before.document(), after.document());
        List<String> text = TextDiff.between(
                policy + " " + before.name(), before.document(), policy + " " + after.name(), after.document());
        Output output = root.output();
        if (output.isJson()) {
            output.json(new Difference(
                    policy,
                    before.version(),
                    after.version(),
                    changes,
                    text.stream().map(line -> line + '\n').collect(Collectors.joining())));
        } else {
            notice(before, after, changes, text, output);
            print(changes, text, output);
        }
        return ExitCode.OK;
    }

    private Side side(StoredPolicy stored) {
        String author = stored.author() == null ? "" : stored.author() + ", ";
        return new Side(
                stored.version(),
                stored.document() == null ? JsonNodeFactory.instance.objectNode() : stored.document(),
                " (%s%s)"
                        .formatted(
                                author,
                                Ages.ago(stored.storedAt(), root.output().now())));
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

    private void notice(Side before, Side after, List<DocumentChange> changes, List<String> text, Output output) {
        if (text.isEmpty()) {
            output.notice("%s and %s of %s say the same".formatted(before.name(), after.name(), policy));
            return;
        }
        output.notice("%s: %s%s -> %s%s%s"
                .formatted(
                        policy,
                        before.name(),
                        before.origin(),
                        after.name(),
                        after.origin(),
                        changes.isEmpty() ? ": they mean the same" : ""));
    }

    private void print(List<DocumentChange> changes, List<String> text, Output output) {
        if (!onlyText) {
            for (DocumentChange change : changes) {
                String sign = change.before() == null ? "+" : change.after() == null ? "-" : "~";
                output.line("%s %s".formatted(sign, Printable.of(change.text())));
            }
        }
        if (!onlyMeaning) {
            if (!onlyText && !changes.isEmpty()) {
                output.line("");
            }
            text.forEach(line -> output.line(tone(line).paint(Printable.of(line), output.outColors())));
        }
    }

    private static Tone tone(String line) {
        return switch (line.charAt(0)) {
            case '+' -> Tone.GOOD;
            case '-' -> Tone.BAD;
            case '@' -> Tone.FAINT;
            default -> Tone.PLAIN;
        };
    }
}
