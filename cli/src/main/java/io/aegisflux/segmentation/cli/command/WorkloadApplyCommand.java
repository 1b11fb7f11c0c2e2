package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.contracts.Author;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Registers workloads and says what became of each. */
@Command(
        name = "apply",
        description = {
            "Register workloads, so that rules on labels know addresses on which no agent runs.",
            "Each document, {\"id\", \"labels\", \"addresses\", \"expires_at\"}, goes to segmentation.workloads.<its id>."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  segctl workload apply -f legacy-db.json", "  generate | segctl workload apply -f -"})
final class WorkloadApplyCommand implements Callable<Integer> {
    private final RootCommand root;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE|DIR",
            required = true,
            arity = "1..*",
            description = "Workloads; the .json files of a directory; - is stdin.")
    private List<String> files;

    @Mixin
    private AuthorOption author;

    WorkloadApplyCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        List<PolicyFiles.Content> contents = PolicyFiles.read(files, root.stdio());
        Output output = root.output();
        Author publisher = author.author(root);
        try (BusClient bus = root.connect()) {
            PolicyBus policies = new PolicyBus(bus);
            return new Applying<>(
                            PublishedDocument.Kind.WORKLOAD,
                            (workload, document) -> policies.register(workload, document, publisher),
                            accepted -> AcceptedLine.of(accepted, output),
                            output)
                    .apply(contents);
        }
    }
}
