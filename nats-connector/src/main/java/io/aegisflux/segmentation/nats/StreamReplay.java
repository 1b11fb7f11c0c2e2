package io.aegisflux.segmentation.nats;

import io.nats.client.ConsumeOptions;
import io.nats.client.IterableConsumer;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.OrderedConsumerContext;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.api.OrderedConsumerConfiguration;
import io.nats.client.api.StreamState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;

/** Reads what a stream holds from a time on, once, in its order, to its end or as far as it is wanted. */
public final class StreamReplay {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** So many are fetched ahead of what is handled: a message may have a MiB. */
    private static final ConsumeOptions AHEAD =
            ConsumeOptions.builder().batchSize(64).build();

    private StreamReplay() {}

    /** Takes a message. */
    public interface Receiver {
        void receive(byte[] data, NatsMetadata metadata);
    }

    /** Takes a message and says whether it wants the next one. */
    public interface Seeker {
        boolean wantsMore(byte[] data, NatsMetadata metadata);
    }

    /**
     * Hands on every message that was stored at this time or later, up to the last one that there is when it is reached.
     *
     * @param filter subject, with wildcards
     * @throws BusException when the broker refuses, or sends nothing for ten seconds
     */
    public static void since(Bus bus, String stream, String filter, Instant from, Receiver receiver) {
        seek(bus, stream, filter, from, (data, metadata) -> {
            receiver.receive(data, metadata);
            return true;
        });
    }

    /**
     * As {@link #since}, up to what was stored at {@code to} or later.
     *
     * @throws BusException as {@link #since}, and when it is not done at this time of {@link System#nanoTime()}
     */
    public static void between(
            Bus bus, String stream, String filter, Instant from, Instant to, long deadline, Receiver receiver) {
        seek(bus, stream, filter, from, (data, metadata) -> {
            if (!metadata.timestamp().isBefore(to)) {
                return false;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new BusException("the stream %s holds too much to be read in time".formatted(stream), null);
            }
            receiver.receive(data, metadata);
            return true;
        });
    }

    /** As {@link #since}, until the seeker wants no more. */
    public static void seek(Bus bus, String stream, String filter, Instant from, Seeker seeker) {
        try {
            OrderedConsumerContext consumer = bus.connection()
                    .getStreamContext(stream)
                    .createOrderedConsumer(new OrderedConsumerConfiguration()
                            .filterSubject(filter)
                            .deliverPolicy(DeliverPolicy.ByStartTime)
                            .startTime(from.atZone(ZoneOffset.UTC)));
            try (IterableConsumer messages = consumer.iterate(AHEAD)) {
                long pending = messages.getConsumerInfo().getCalculatedPending();
                while (pending > 0) {
                    Message message = messages.nextMessage(PATIENCE);
                    if (message == null) {
                        throw new BusException("the stream %s stopped halfway".formatted(stream), null);
                    }
                    NatsMetadata metadata = NatsMetadata.of(message);
                    pending = seeker.wantsMore(message.getData(), metadata) ? metadata.pending() : 0;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BusException("interrupted while reading the stream " + stream, e);
        } catch (BusException e) {
            throw e;
        } catch (Exception e) {
            throw new BusException("the stream %s cannot be read: %s".formatted(stream, e.getMessage()), e);
        }
    }

    /**
     * When the oldest message of a stream was stored; empty when it holds none.
     *
     * @throws BusException when the broker refuses
     */
    public static Optional<Instant> oldest(Bus bus, String stream) {
        try {
            StreamState state =
                    bus.connection().jetStreamManagement().getStreamInfo(stream).getStreamState();
            return state.getMsgCount() == 0
                    ? Optional.empty()
                    : Optional.of(state.getFirstTime().toInstant());
        } catch (IOException | JetStreamApiException e) {
            throw new BusException("the stream %s tells nothing: %s".formatted(stream, e.getMessage()), e);
        }
    }
}
