package io.aegisflux.segmentation.cli;

import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.Wire;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.impl.Headers;

/** How services answer requests. */
final class Replies {
    private Replies() {}

    static void reply(Connection connection, Message to, Object body) {
        connection.publish(to.getReplyTo(), Wire.write(body));
    }

    static void refuse(Connection connection, Message to, String status, ApiError error) {
        connection.publish(
                to.getReplyTo(),
                new Headers()
                        .put("Nats-Service-Error-Code", status)
                        .put("Nats-Service-Error", error.code() + ": " + error.message()),
                Wire.write(error));
    }
}
