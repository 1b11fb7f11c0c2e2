package io.aegisflux.segmentation.cli.bus;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.Wire;
import io.nats.client.Message;
import java.time.Duration;
import java.util.Optional;

/** What the stream, not the service, answers to a publish: JetStream's acknowledgement or its error. */
record StreamsWord(String stream, long sequence, Optional<Failure> refusal) {

    /** Empty when the message is somebody else's. */
    static Optional<StreamsWord> of(Message reply) {
        if (reply.isStatusMessage() || reply.hasHeaders()) {
            return Optional.empty();
        }
        JsonNode body;
        try {
            body = Wire.read(reply.getData(), JsonNode.class);
        } catch (MalformedMessageException e) {
            return Optional.empty();
        }
        if (body.has("policy_id") || !body.has("stream")) {
            return Optional.empty();
        }
        Optional<Failure> refusal = Optional.ofNullable(body.get("error"))
                .map(error -> Failure.refused(
                        "the stream %s does not take it: %s"
                                .formatted(
                                        body.path("stream").asText(),
                                        error.path("description").asText()),
                        "ask whoever runs nats-server; a full disk and a full stream are the usual reasons"));
        return Optional.of(
                new StreamsWord(body.path("stream").asText(), body.path("seq").asLong(), refusal));
    }

    /** It is stored, but nobody has judged it yet. */
    Failure undecided(String subject, Duration waited) {
        return Failure.noAnswer(
                "stored as message %d of %s, but policy-service did not judge it within %d ms"
                        .formatted(sequence, stream, waited.toMillis()),
                "start policy-service: it takes up what is stored. Then see 'segctl policy ls', or the reason of a"
                        + " refusal on segmentation.system.policy-service (published to " + subject + ")");
    }
}
