package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.nats.client.impl.Headers;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A plain NATS publish. */
@Command(
        name = "pub",
        description = "Publish a message: a plain NATS publish, nobody answers.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  segctl pub segmentation.policies.web-db -f examples/web-db.json",
            "  segctl pub segmentation.policies.web-db ''       (an empty body deletes the policy)",
            "  echo '{}' | segctl pub -H Nats-Msg-Id:7 my.subject -"
        })
final class PubCommand implements Callable<Integer> {
    private final RootCommand root;

    @Mixin
    private OutgoingMessage message;

    @Option(
            names = {"-H", "--header"},
            paramLabel = "NAME:VALUE",
            description = "A header; may be given again.")
    private List<String> headers = List.of();

    PubCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        String subject = message.subject();
        Headers parsed = headers();
        byte[] bytes = message.body(root.stdio());
        try (BusClient bus = root.connect()) {
            bus.publish(subject, parsed, bytes);
        }
        root.output().notice("published %d bytes to %s".formatted(bytes.length, subject));
        return ExitCode.OK;
    }

    private Headers headers() {
        Headers parsed = new Headers();
        for (String header : headers) {
            int colon = header.indexOf(':');
            if (colon < 1) {
                throw Failure.usage("'%s' is not a header".formatted(header), "write --header NAME:VALUE");
            }
            try {
                parsed.add(
                        header.substring(0, colon).strip(),
                        header.substring(colon + 1).strip());
            } catch (IllegalArgumentException e) {
                throw Failure.usage(
                        "'%s' is not a header: %s".formatted(header, e.getMessage()),
                        "names and values are printable ASCII");
            }
        }
        return parsed;
    }
}
