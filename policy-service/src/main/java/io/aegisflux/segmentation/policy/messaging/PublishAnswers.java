package io.aegisflux.segmentation.policy.messaging;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.ApiEndpoints;
import io.aegisflux.segmentation.nats.Bus;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import io.nats.service.ServiceMessage;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/**
 * Answers publishes into streams that are silent themselves ({@code no_ack}), for a broker's acknowledgement would reach
 * the publisher first and say nothing about the document. The answer has {@code stream} and {@code seq} too, so that a
 * JetStream client takes it for its acknowledgement, and {@code error} when refused, so that it fails there.
 */
@ApplicationScoped
public class PublishAnswers {
    private static final String INBOX = "_INBOX";

    private final Bus bus;

    @Inject
    public PublishAnswers(Bus bus) {
        this.bus = bus;
    }

    /** Only inboxes are answered: any other reply subject would make this service write there for the publisher. */
    static boolean areWanted(Message publish) {
        return publish.getReplyTo() != null && publish.getReplyTo().startsWith(INBOX);
    }

    /** @param sequence of the publish in its stream */
    void accept(Message publish, Object record, String stream, long sequence) {
        ObjectNode answer = Wire.mapper().valueToTree(record);
        answer.put("stream", stream).put("seq", sequence);
        reply(publish, Wire.write(answer), null);
    }

    void refuse(Message publish, ApiError error) {
        Headers headers = ApiEndpoints.errorHeaders(error);
        ObjectNode answer = Wire.mapper().valueToTree(error);
        answer.putObject("error")
                .put("code", Integer.parseInt(headers.getFirst(ServiceMessage.NATS_SERVICE_ERROR_CODE)))
                .put("err_code", 0)
                .put("description", describe(error));
        reply(publish, Wire.write(answer), headers);
    }

    private static String describe(ApiError error) {
        return error.violations().isEmpty()
                ? error.message()
                : "%s: %s"
                        .formatted(
                                error.violations().getFirst().path(),
                                error.violations().getFirst().reason());
    }

    private void reply(Message publish, byte[] data, Headers headers) {
        bus.connection()
                .publish(NatsMessage.builder()
                        .subject(publish.getReplyTo())
                        .headers(headers)
                        .data(data)
                        .build());
    }
}
