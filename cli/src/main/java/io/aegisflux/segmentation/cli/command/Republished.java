package io.aegisflux.segmentation.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.cli.bus.PolicyBus;
import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.cli.terminal.Output;
import io.aegisflux.segmentation.contracts.Author;
import io.aegisflux.segmentation.contracts.PolicyAccepted;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Wire;

/** A document that was stored before, published again: as a new version behind the one that was looked at, or not at all. */
final class Republished {
    private Republished() {}

    /** Publishes and prints what became of it. */
    static int publish(
            PolicyBus policies, PolicyId policy, JsonNode document, long expected, Author author, Output output) {
        PolicyAccepted accepted = policies.publish(policy, Wire.write(document), expected, author);
        if (output.isJson()) {
            output.json(accepted);
        } else {
            output.line(AcceptedLine.of(accepted, output));
        }
        return ExitCode.OK;
    }
}
