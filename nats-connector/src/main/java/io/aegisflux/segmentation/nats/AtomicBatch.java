package io.aegisflux.segmentation.nats;

import static java.util.Objects.requireNonNull;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.NUID;
import io.nats.client.api.PublishAck;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import io.nats.client.support.NatsJetStreamConstants;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Messages of one subject that go into its stream together, all or none, with one acknowledgement (nats-server 2.12, where
 * the stream allows it). Each is and stays a message of its own. A broker that syncs what it acknowledges to its disk does so
 * a few times for all of them, instead of once for each. For one thread.
 */
public final class AtomicBatch {
    /** As many as a broker takes together, unless it is configured otherwise. */
    public static final int MOST = 1_000;

    private static final String SINCE = "2.12.0";

    private final String subject;
    private final List<byte[]> payloads = new ArrayList<>();
    private final List<String> messageIds = new ArrayList<>();

    public AtomicBatch(String subject) {
        this.subject = requireNonNull(subject, "subject is null");
    }

    /**
     * One more message.
     *
     * @param messageId for the broker's duplicate detection; a batch with one that the stream has is refused
     */
    public AtomicBatch add(byte[] data, String messageId) {
        if (payloads.size() == MOST) {
            throw new IllegalStateException("a batch has at most %d messages".formatted(MOST));
        }
        payloads.add(requireNonNull(data, "data is null"));
        messageIds.add(requireNonNull(messageId, "messageId is null"));
        return this;
    }

    /**
     * Publishes them without waiting. Who listens to the subject hears each at once, whatever the stream says.
     *
     * @return fails with {@link BatchRefusedException} when the stream has taken none of them, otherwise when it is not known
     *     whether it has
     */
    public CompletableFuture<PublishAck> publish(Bus bus) {
        Connection connection = bus.connection();
        if (payloads.isEmpty()) {
            throw new IllegalStateException("a batch without a message");
        }
        if (!connection.getServerInfo().isSameOrNewerThanVersion(SINCE)) {
            return CompletableFuture.failedFuture(new BatchRefusedException(
                    "nats-server %s knows no batches"
                            .formatted(connection.getServerInfo().getVersion()),
                    null));
        }
        String batch = NUID.nextGlobal();
        int last = payloads.size() - 1;
        for (int i = 0; i < last; i++) {
            connection.publish(message(batch, i, false));
        }
        return connection
                .requestWithTimeout(message(batch, last, true), Bus.REQUEST_TIMEOUT)
                .thenApply(this::acknowledgement);
    }

    private Message message(String batch, int index, boolean isLast) {
        Headers headers = new Headers()
                .put(NatsJetStreamConstants.NATS_BATCH_ID_HDR, batch)
                .put(NatsJetStreamConstants.NATS_BATCH_SEQUENCE_HDR, Integer.toString(index + 1))
                .put(NatsJetStreamConstants.MSG_ID_HDR, messageIds.get(index));
        if (isLast) {
            headers.put(NatsJetStreamConstants.NATS_BATCH_COMMIT_HDR, "1");
        }
        return NatsMessage.builder()
                .subject(subject)
                .headers(headers)
                .data(payloads.get(index))
                .build();
    }

    private PublishAck acknowledgement(Message answer) {
        try {
            PublishAck acknowledgement = new PublishAck(answer);
            if (acknowledgement.getBatchSize() != payloads.size()) {
                throw new BusException(
                        "%d messages of %d on %s are acknowledged"
                                .formatted(acknowledgement.getBatchSize(), payloads.size(), subject),
                        null);
            }
            return acknowledgement;
        } catch (JetStreamApiException e) {
            throw new BatchRefusedException(
                    "the stream takes no batch on %s: %s".formatted(subject, e.getMessage()), e);
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }
}
