package io.aegisflux.segmentation.cli.bus;

import io.nats.client.JetStreamStatusException;
import io.nats.client.Message;

/** The broker's word that nobody subscribes to the subject of a request: status 503. */
final class NoResponders {
    private static final int STATUS = 503;

    private NoResponders() {}

    static boolean isMeantBy(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof JetStreamStatusException status
                    && status.getStatus().getCode() == STATUS) {
                return true;
            }
        }
        return false;
    }

    static boolean isMeantBy(Message reply) {
        return reply.isStatusMessage() && reply.getStatus().getCode() == STATUS;
    }
}
