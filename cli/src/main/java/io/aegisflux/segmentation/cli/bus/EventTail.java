package io.aegisflux.segmentation.cli.bus;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.contracts.Streams;
import io.nats.client.Connection;
import io.nats.client.IterableConsumer;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamStatusCheckedException;
import io.nats.client.Message;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.api.OrderedConsumerConfiguration;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Predicate;

/** The end of a stream of {@link Streams}, and what is appended to it. */
public final class EventTail {
    private static final Duration POLL = Duration.ofMillis(250);
    private static final int NOT_FOUND = 404;
    private static final int UNAVAILABLE = 503;

    private final BusClient bus;
    private final String stream;
    private final String filter;
    private long next;

    /**
     * @param filter a subject of {@link Streams#EVENTS}, with or without wildcards
     */
    public EventTail(BusClient bus, String filter) {
        this(bus, Streams.EVENTS, filter);
    }

    /**
     * @param filter a subject of the stream, with or without wildcards
     */
    public EventTail(BusClient bus, String stream, String filter) {
        this.bus = requireNonNull(bus, "bus is null");
        this.stream = requireNonNull(stream, "stream is null");
        this.filter = requireNonNull(filter, "filter is null");
    }

    /**
     * Hands over the last events, oldest first, then each new one.
     *
     * @param last how many of those that are there, 0 for none
     * @param follow false: ends with the last event that is there now
     * @param receiver false ends the tail
     * @throws Failure when the broker does not answer or has no such stream
     */
    public void read(long last, boolean follow, Predicate<Message> receiver) {
        try {
            StreamPosition position = new StreamPosition(bus.connection(), stream, filter);
            long end = position.last();
            next = last == 0 ? end + 1 : position.ofLast(last);
            boolean more = follow || (last > 0 && position.countFrom(next) > 0);
            while (more) {
                more = follow
                        ? keepReading(receiver)
                        : pull(message -> receiver.test(message) && isBefore(message, end));
            }
        } catch (JetStreamApiException e) {
            throw refusal(e);
        } catch (IOException | JetStreamStatusCheckedException e) {
            bus.throwIfNotPermitted("read the stream " + stream);
            throw Failure.noAnswer(
                    "the broker stopped answering: " + e.getMessage(), "try again; 'segctl status' says what runs", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isBefore(Message message, long end) {
        return message.metaData().pendingCount() > 0 && message.metaData().streamSequence() < end;
    }

    /** As {@link #pull}, but bears a broker that was away or is not ready again. */
    private boolean keepReading(Predicate<Message> receiver) throws InterruptedException, JetStreamApiException {
        try {
            return pull(receiver);
        } catch (IOException | JetStreamStatusCheckedException e) {
            bus.throwIfNotPermitted("read the stream " + stream);
            Thread.sleep(POLL);
            return true;
        } catch (JetStreamApiException e) {
            if (e.getErrorCode() != UNAVAILABLE) {
                throw e;
            }
            Thread.sleep(POLL);
            return true;
        }
    }

    /**
     * Hands over from {@link #next} on.
     *
     * @return false when the receiver has enough, true when the connection was another one meanwhile
     */
    private boolean pull(Predicate<Message> receiver)
            throws IOException, JetStreamApiException, InterruptedException, JetStreamStatusCheckedException {
        long reconnects = reconnects();
        var consumer = bus.connection()
                .getStreamContext(stream)
                .createOrderedConsumer(new OrderedConsumerConfiguration()
                        .filterSubject(filter)
                        .deliverPolicy(DeliverPolicy.ByStartSequence)
                        .startSequence(next));
        try (IterableConsumer messages = consumer.iterate()) {
            while (reconnects == reconnects()) {
                Message message = messages.nextMessage(POLL);
                if (message == null) {
                    if (bus.connection().getStatus() == Connection.Status.CLOSED) {
                        throw new IOException("the connection is closed");
                    }
                    continue;
                }
                next = message.metaData().streamSequence() + 1;
                if (!receiver.test(message)) {
                    return false;
                }
            }
            return true;
        } catch (IOException
                | JetStreamApiException
                | InterruptedException
                | JetStreamStatusCheckedException
                | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the consumer did not close", e);
        }
    }

    private long reconnects() {
        return bus.connection().getStatistics().getReconnects();
    }

    private Failure refusal(JetStreamApiException e) {
        return e.getErrorCode() == NOT_FOUND
                ? Failure.noAnswer(
                        "there is no stream %s yet".formatted(stream),
                        "the services make it when they start: './dev up'")
                : Failure.refused(
                        "the broker refuses to show %s: %s".formatted(stream, e.getMessage()), "use another user", e);
    }
}
