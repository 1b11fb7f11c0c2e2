package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Subscription;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A plain NATS subscription. */
@Command(
        name = "sub",
        description = "Listen to a subject: one line a message, until Ctrl-C or --count.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  segctl sub 'segmentation.events.*'", "  segctl sub 'segmentation.>' --count 10 --headers -o json"})
final class SubCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(250);

    private final RootCommand root;

    @Parameters(index = "0", paramLabel = "SUBJECT", description = "What to listen to; * and > are wildcards.")
    private String subject;

    @Option(names = "--count", paramLabel = "N", description = "End after N messages.")
    private Long count;

    @Option(names = "--headers", description = "Show headers, too.")
    private boolean headers;

    SubCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws InterruptedException {
        SubjectText.pattern(subject);
        if (count != null && count < 1) {
            throw Failure.usage("--count is at least 1, not " + count, "leave it out to listen until Ctrl-C");
        }
        Output output = root.output();
        try (BusClient bus = root.connectForLong()) {
            Subscription subscription = bus.connection().subscribe(subject);
            bus.flush("subscribe to " + subject);
            output.notice("listening to %s%s"
                    .formatted(
                            subject,
                            count == null
                                    ? "; Ctrl-C ends"
                                    : ", %d message%s".formatted(count, count == 1 ? "" : "s")));
            long left = count == null ? Long.MAX_VALUE : count;
            while (left > 0 && !output.isGone()) {
                Message message = subscription.nextMessage(POLL);
                if (message != null) {
                    print(MessageView.of(message, headers), output);
                    left--;
                } else if (bus.connection().getStatus() == Connection.Status.CLOSED) {
                    throw Failure.noAnswer("the connection is closed", "try again");
                }
            }
        }
        return ExitCode.OK;
    }

    private static void print(MessageView view, Output output) {
        if (output.isJson()) {
            output.jsonLine(view);
        } else {
            view.print(output);
        }
    }
}
