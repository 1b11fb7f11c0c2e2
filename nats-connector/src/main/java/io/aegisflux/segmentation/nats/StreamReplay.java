package io.aegisflux.segmentation.nats;

import io.nats.client.ConsumeOptions;
import io.nats.client.IterableConsumer;
import io.nats.client.Message;
import io.nats.client.OrderedConsumerContext;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.api.OrderedConsumerConfiguration;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

/** Reads what a stream holds from a time on, once, in its order. */
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

    /** Takes messages until it has enough. */
    private interface Taker {
        /** Whether more are wanted. */
        boolean take(byte[] data, NatsMetadata metadata);
    }

    /**
     * Hands on every message that was stored at this time or later, up to the last one that there is when it is reached.
     *
     * @param filter subject, with wildcards
     * @throws BusException when the broker refuses, or sends nothing for ten seconds
     */
    public static void since(Bus bus, String stream, String filter, Instant from, Receiver receiver) {
        read(bus, stream, filter, from, (data, metadata) -> {
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
        read(bus, stream, filter, from, (data, metadata) -> {
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

    private static void read(Bus bus, String stream, String filter, Instant from, Taker taker) {
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
                    if (!taker.take(message.getData(), metadata)) {
                        return;
                    }
                    pending = metadata.pending();
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
}
