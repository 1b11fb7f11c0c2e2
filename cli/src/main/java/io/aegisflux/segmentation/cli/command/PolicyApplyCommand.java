package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Output;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Publishes policies and says what became of each. */
@Command(
        name = "apply",
        description = {
            "Publish policies and wait for the verdict on each.",
            "Each document goes to segmentation.policies.<its id>, as a plain publish would; one that is refused"
                    + " changes nothing and does not hold up the others."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  segctl policy apply -f examples/web-db.json",
            "  segctl policy apply -f policies/ -o json",
            "  segctl policy apply -f web-db.json --expect-version 3",
            "  generate | segctl policy apply -f -"
        })
final class PolicyApplyCommand implements Callable<Integer> {
    private final RootCommand root;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE|DIR",
            required = true,
            arity = "1..*",
            description = "Policies; the .json files of a directory; - is stdin.")
    private List<String> files;

    @Option(
            names = "--expect-version",
            paramLabel = "N",
            description =
                    "Refuse it unless the policy's latest version is this one; 0: there never was one. For one document.")
    private Long expectedVersion;

    PolicyApplyCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        List<PolicyFiles.Content> contents = PolicyFiles.read(files, root.stdio());
        if (expectedVersion != null && (expectedVersion < 0 || contents.size() != 1)) {
            throw Failure.usage(
                    "--expect-version is for one document and a version from 0 on",
                    "segctl policy apply -f FILE --expect-version 3");
        }
        Output output = root.output();
        try (BusClient bus = root.connect()) {
            PolicyBus policies = new PolicyBus(bus);
            return new Applying<>(
                            PublishedDocument.Kind.POLICY,
                            (policy, document) -> policies.publish(policy, document, expectedVersion),
                            accepted -> AcceptedLine.of(accepted, output),
                            output)
                    .apply(contents);
        }
    }
}
