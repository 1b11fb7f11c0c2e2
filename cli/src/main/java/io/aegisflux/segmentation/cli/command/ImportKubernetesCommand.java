package io.aegisflux.segmentation.cli.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.cli.kubernetes.ImportSettings;
import io.aegisflux.segmentation.cli.kubernetes.Imported;
import io.aegisflux.segmentation.cli.kubernetes.KubernetesImport;
import io.aegisflux.segmentation.cli.kubernetes.Note;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.cli.terminal.Glyph;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.cli.terminal.Printable;
import io.aegisflux.segmentation.contracts.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** NetworkPolicies of Kubernetes as policies of ours, with a report of what could not be taken over. */
@Command(
        name = "k8s",
        description = {
            "Turn NetworkPolicies of Kubernetes (networking.k8s.io/v1) into policies, and report what could not be taken over.",
            "Nothing is published. What a NetworkPolicy allows becomes a policy of priority N, the isolation of its pods one of"
                    + " N+1, so that policies add up as they do in Kubernetes. Pods are workloads with the pod's labels, the"
                    + " label namespace, and the namespace's labels as namespace.<key>.",
            "Ends with 3 when something could not be taken over."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  segctl import k8s network-policies.yaml                  (the report only)",
            "  segctl import k8s network-policies/ -d policies/ --mode enforce",
            "  kubectl get networkpolicies -A -o yaml | segctl import k8s - --stdout"
        })
final class ImportKubernetesCommand implements Callable<Integer> {
    private final RootCommand root;

    @Parameters(
            paramLabel = "FILE|DIR",
            arity = "1..*",
            description = "Manifests in YAML or JSON; the .yaml, .yml and .json files of a directory; - is stdin.")
    private List<String> files;

    @Option(
            names = {"-d", "--directory"},
            paramLabel = "DIR",
            description =
                    "Write each policy into DIR/<id>.json; made where it is missing. Other content is not overwritten.")
    private Path directory;

    @Option(names = "--stdout", description = "Write the policies to stdout as one list, the report to stderr.")
    private boolean toStdout;

    @Option(
            names = "--priority",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Of the policies that allow (default: ${DEFAULT-VALUE}).")
    private int priority;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            defaultValue = "audit",
            description = "audit or enforce (default: ${DEFAULT-VALUE}: what would be denied is reported, and passes).")
    private Mode mode;

    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            defaultValue = "default",
            description = "Of manifests that name none (default: ${DEFAULT-VALUE}).")
    private String namespace;

    ImportKubernetesCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        if (toStdout && directory != null) {
            throw Failure.usage("--stdout and --directory name two places for the policies", "leave one of them out");
        }
        List<Imported> all = KubernetesImport.of(Manifests.read(files, root.stdio()), settings());
        List<ObjectNode> documents =
                all.stream().flatMap(each -> each.documents().stream()).toList();
        Output output = root.output();
        if (directory != null) {
            write(documents);
        }
        if (toStdout) {
            output.json(documents);
            report(all, output, output::complaint, output.errColors());
        } else if (output.isJson()) {
            output.json(all);
        } else {
            report(all, output, output::line, output.outColors());
        }
        return all.stream().anyMatch(Imported::hasLoss) ? ExitCode.FINDINGS : ExitCode.OK;
    }

    private ImportSettings settings() {
        try {
            return new ImportSettings(namespace, priority, mode);
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage(), "leave --priority out for 1000");
        }
    }

    /** All or none: what is in the way is looked for first. */
    private void write(List<ObjectNode> documents) {
        try {
            Files.createDirectories(directory);
            for (ObjectNode document : documents) {
                Path file = file(document);
                if (Files.exists(file) && !Files.readString(file).equals(text(document))) {
                    throw Failure.refused(
                            "%s is there already, with other content; nothing is written".formatted(file),
                            "remove it, or name another directory");
                }
            }
            for (ObjectNode document : documents) {
                Files.writeString(file(document), text(document));
            }
        } catch (IOException e) {
            throw Failure.usage(
                    "cannot write into %s: %s".formatted(directory, e), "name a directory that can be written to");
        }
    }

    private Path file(ObjectNode document) {
        return directory.resolve(document.path("id").asText() + ".json");
    }

    private static String text(ObjectNode document) {
        return document.toPrettyString() + "\n";
    }

    private void report(List<Imported> all, Output output, Consumer<String> lines, boolean colors) {
        for (Imported each : all) {
            Cell verdict = verdict(each);
            String name = each.namespace().isEmpty() ? each.name() : each.namespace() + "/" + each.name();
            lines.accept(Printable.of("%s %s  (%s)".formatted(each.kind(), name, each.source()))
                    .transform(what -> "%s  %s".formatted(verdict.tone().paint(verdict.text(), colors), what)));
            each.policies().forEach(id -> lines.accept("    → " + id));
            for (Note note : each.notes()) {
                lines.accept(Printable.of("    %s  %s%s".formatted(note.path(), note.reason(), effect(note.effect()))));
            }
        }
        output.notice(
                "%d of %d taken over as they are; pods become workloads with the pod's labels, the label namespace, and"
                                .formatted(
                                        all.stream()
                                                .filter(each -> each.outcome() == Imported.Outcome.CARRIED)
                                                .count(),
                                        all.size())
                        + " the namespace's labels as namespace.<key>");
    }

    private static Cell verdict(Imported each) {
        return switch (each.outcome()) {
            case CARRIED -> Glyph.YES.with("CARRIED");
            case PARTLY -> Glyph.HALF.with("PARTLY");
            case SKIPPED -> Glyph.NO.with("SKIPPED");
        };
    }

    private static String effect(Note.Effect effect) {
        return switch (effect) {
            case NONE -> "";
            case ALLOWS_LESS -> ": allows less than Kubernetes";
            case DENIES_LESS -> ": denies less than Kubernetes";
        };
    }
}
