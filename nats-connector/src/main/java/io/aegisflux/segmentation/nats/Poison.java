package io.aegisflux.segmentation.nats;

import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
import java.time.Instant;
import java.util.Map;

/**
 * A message that no retry can make right, as its refusal is reported: on the service's own subject, once however often
 * and by however many instances it is refused.
 *
 * @param subject where the report goes
 * @param data a {@link SystemEvent}
 * @param id the same for every refusal of the message
 * @param reason one sentence
 */
@SuppressWarnings("ArrayRecordComponent")
record Poison(String subject, byte[] data, String id, String reason) {

    /** The failure in a chain of causes that says the message is poison; null when none does. */
    static Throwable in(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof PoisonMessageException || at instanceof MalformedMessageException) {
                return at;
            }
        }
        return null;
    }

    static Poison of(String service, String channel, String stream, NatsMetadata metadata, Throwable cause) {
        SystemEvent event = new SystemEvent(
                service,
                SystemEvent.MESSAGE_REJECTED,
                channel,
                cause.getMessage(),
                "error",
                Instant.now(),
                Map.of("subject", metadata.subject(), "stream", stream, "sequence", metadata.sequence()));
        return new Poison(
                Subjects.systemOfService(service),
                Wire.write(event),
                "rejected-%s-%s-%d".formatted(service, stream, metadata.sequence()),
                cause.getMessage());
    }
}
