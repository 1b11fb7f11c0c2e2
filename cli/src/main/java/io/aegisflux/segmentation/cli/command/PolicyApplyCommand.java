package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.bus.Staging;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.contracts.Author;
import io.aegisflux.segmentation.contracts.PolicyAccepted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
            "  segctl policy apply -f web-db.json --canary 10% --soak 5m --wait 10m",
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

    @Mixin
    private StagingOptions staging;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            description = "Wait so long for the rollout: ends with 0 when promoted, 3 when aborted, else 6.")
    private Duration patience;

    @Mixin
    private AuthorOption author;

    PolicyApplyCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws InterruptedException {
        Optional<Staging> staged = staging.staging();
        if (patience != null && staged.isEmpty()) {
            throw Failure.usage(
                    "--wait is for a staged version, and --canary is missing",
                    "segctl status --wait 60s waits for all hosts");
        }
        List<PolicyFiles.Content> contents = PolicyFiles.read(files, root.stdio());
        if (expectedVersion != null && (expectedVersion < 0 || contents.size() != 1)) {
            throw Failure.usage(
                    "--expect-version is for one document and a version from 0 on",
                    "segctl policy apply -f FILE --expect-version 3");
        }
        Output output = root.output();
        List<PolicyAccepted> accepted = new ArrayList<>();
        Author publisher = author.author(root);
        int worst;
        try (BusClient bus = root.connect()) {
            PolicyBus policies = new PolicyBus(bus);
            worst = new Applying<>(
                            PublishedDocument.Kind.POLICY,
                            (policy, document) -> {
                                PolicyAccepted it =
                                        policies.publish(policy, document, expectedVersion, staged, publisher);
                                accepted.add(it);
                                return it;
                            },
                            it -> AcceptedLine.of(it, output),
                            output)
                    .apply(contents);
        }
        return patience == null ? worst : Math.max(worst, await(accepted, output));
    }

    /** The worst of what the rollouts come to. */
    private int await(List<PolicyAccepted> accepted, Output output) throws InterruptedException {
        int worst = ExitCode.OK;
        try (BusClient bus = root.connectForLong()) {
            RolloutFollower follower = new RolloutFollower(new PolicyBus(bus), output, patience);
            for (PolicyAccepted each : accepted) {
                worst = Math.max(worst, follower.await(each));
            }
        }
        return worst;
    }
}
