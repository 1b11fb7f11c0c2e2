package io.aegisflux.segmentation.cli.bus;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.api.StreamState;
import java.io.IOException;
import java.time.Duration;

/**
 * Finds where the last N messages of a subject begin in a stream. The broker has no such question; it does tell how many
 * messages a consumer would get from a sequence on, so a binary search finds it in about twenty small questions.
 */
final class StreamPosition {
    private final JetStreamManagement management;
    private final String stream;
    private final String filter;

    StreamPosition(Connection connection, String stream, String filter) throws IOException {
        this.management = connection.jetStreamManagement();
        this.stream = stream;
        this.filter = filter;
    }

    /** The stream's last sequence, 0 for an empty one. */
    long last() throws IOException, JetStreamApiException {
        return state().getLastSequence();
    }

    /** The largest sequence from which on there are {@code count} messages, or the stream's first. */
    long ofLast(long count) throws IOException, JetStreamApiException {
        StreamState state = state();
        long enough = state.getFirstSequence();
        long tooFew = state.getLastSequence() + 1;
        long guess = tooFew - count;
        while (tooFew - enough > 1) {
            long middle = guess > enough && guess < tooFew ? guess : enough + (tooFew - enough) / 2;
            guess = -1;
            long there = countFrom(middle);
            if (there == count) {
                return middle;
            }
            if (there > count) {
                enough = middle;
            } else {
                tooFew = middle;
            }
        }
        return Math.max(1, enough);
    }

    /** How many messages there are from this sequence on. */
    long countFrom(long sequence) throws IOException, JetStreamApiException {
        ConsumerInfo info = management.addOrUpdateConsumer(
                stream,
                ConsumerConfiguration.builder()
                        .filterSubject(filter)
                        .deliverPolicy(DeliverPolicy.ByStartSequence)
                        .startSequence(sequence)
                        .ackPolicy(AckPolicy.None)
                        .memStorage(true)
                        .inactiveThreshold(Duration.ofSeconds(5))
                        .build());
        management.deleteConsumer(stream, info.getName());
        return info.getNumPending();
    }

    private StreamState state() throws IOException, JetStreamApiException {
        return management.getStreamInfo(stream).getStreamState();
    }
}
