package io.aegisflux.segmentation.nats;

import io.aegisflux.segmentation.contracts.Subjects;
import io.nats.client.Message;
import io.nats.client.impl.NatsJetStreamMetaData;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Where an incoming message came from; metadata of the reactive message.
 *
 * @param subject on which it was published
 * @param sequence in its stream; 0 for a message of a core subscription
 * @param replyTo null when none was given, or when the message came out of a stream
 * @param timestamp when the stream stored it, or when it arrived
 * @param deliveries 1 for the first
 * @param pending how many messages the consumer has not seen yet
 */
public record NatsMetadata(
        String subject,
        long sequence,
        String replyTo,
        Map<String, List<String>> headers,
        Instant timestamp,
        long deliveries,
        long pending) {
    public NatsMetadata {
        headers = Map.copyOf(headers);
    }

    /** The last token of the subject: the host, policy or service it is about. */
    public String token() {
        return subject.substring(subject.lastIndexOf('.') + 1);
    }

    static NatsMetadata of(Message message) {
        Map<String, List<String>> headers = MessageHeaders.of(message.getHeaders());
        String subject = Subjects.published(message.getSubject());
        if (!message.isJetStream()) {
            return new NatsMetadata(subject, 0, message.getReplyTo(), headers, Instant.now(), 1, 0);
        }
        NatsJetStreamMetaData meta = message.metaData();
        return new NatsMetadata(
                subject,
                meta.streamSequence(),
                null,
                headers,
                meta.timestamp().toInstant(),
                meta.deliveredCount(),
                meta.pendingCount());
    }
}
