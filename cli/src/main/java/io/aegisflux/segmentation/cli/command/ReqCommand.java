package io.aegisflux.segmentation.cli.command;

import io.aegisflux.segmentation.cli.bus.Answers;
import io.aegisflux.segmentation.cli.bus.BusClient;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.nats.client.Message;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A request with one answer. */
@Command(
        name = "req",
        description =
                "Ask on a subject and print the answer's body as it is (with -o json: as an object with subject).",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  segctl req segmentation.api.policy.list",
            "  segctl req segmentation.api.policy.get '{\"policy_id\":\"web-db\"}'"
        })
final class ReqCommand implements Callable<Integer> {
    private final RootCommand root;

    @Mixin
    private OutgoingMessage message;

    @Option(names = "--headers", description = "With -o json: show the answer's headers, too.")
    private boolean headers;

    ReqCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        String subject = message.subject();
        byte[] bytes = message.body(root.stdio());
        Output output = root.output();
        try (BusClient bus = root.connect()) {
            Message reply = bus.request(subject, null, bytes);
            print(reply, output);
            Answers.refusal(reply).ifPresent(ReqCommand::fail);
        }
        return ExitCode.OK;
    }

    private void print(Message reply, Output output) {
        if (output.isJson()) {
            output.json(MessageView.of(reply, headers));
        } else {
            output.raw(reply.getData());
            output.line("");
        }
    }

    private static void fail(Failure failure) {
        throw failure;
    }
}
