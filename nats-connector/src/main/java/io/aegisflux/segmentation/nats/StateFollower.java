package io.aegisflux.segmentation.nats;

import static java.util.Objects.requireNonNull;

import io.nats.client.ConsumeOptions;
import io.nats.client.IterableConsumer;
import io.nats.client.JetStreamStatusCheckedException;
import io.nats.client.Message;
import io.nats.client.OrderedConsumerContext;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.api.OrderedConsumerConfiguration;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Follows the state that a stream holds: what it holds at the start, then every message as it comes. After a
 * reconnection it begins again, so whoever receives must bear to see a message twice. The thread is its own.
 */
public final class StateFollower implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(StateFollower.class.getName());
    private static final Duration POLL = Duration.ofMillis(500);

    /** So many are fetched ahead of what is handled: a message may have half a MiB. */
    private static final ConsumeOptions AHEAD =
            ConsumeOptions.builder().batchSize(32).build();

    private final Bus bus;
    private final String stream;
    private final String filter;
    private final OrderedConsumerConfiguration from;
    private final Receiver receiver;
    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private volatile boolean stopped;

    /** Takes a message; what it throws is logged and the message passed over. */
    public interface Receiver {
        void receive(byte[] data, NatsMetadata metadata);
    }

    private StateFollower(Bus bus, String stream, String filter, OrderedConsumerConfiguration from, Receiver receiver) {
        this.bus = requireNonNull(bus, "bus is null");
        this.stream = requireNonNull(stream, "stream is null");
        this.filter = requireNonNull(filter, "filter is null");
        this.from = requireNonNull(from, "from is null");
        this.receiver = requireNonNull(receiver, "receiver is null");
    }

    /**
     * Begins to follow a stream whose subjects are keys: with the last message of each.
     *
     * @param filter subject, with wildcards
     */
    public static StateFollower lastOfEach(Bus bus, String stream, String filter, Receiver receiver) {
        return new StateFollower(bus, stream, filter, from(DeliverPolicy.LastPerSubject), receiver).start();
    }

    /**
     * Begins to follow a stream whose messages all count: with the oldest that it holds.
     *
     * @param filter subject, with wildcards
     */
    public static StateFollower everything(Bus bus, String stream, String filter, Receiver receiver) {
        return new StateFollower(bus, stream, filter, from(DeliverPolicy.All), receiver).start();
    }

    /**
     * Begins to follow a stream with what it stored from a time on.
     *
     * @param filter subject, with wildcards
     * @param time by the broker's clock
     */
    public static StateFollower since(Bus bus, String stream, String filter, Instant time, Receiver receiver) {
        return new StateFollower(
                        bus,
                        stream,
                        filter,
                        from(DeliverPolicy.ByStartTime).startTime(time.atZone(ZoneOffset.UTC)),
                        receiver)
                .start();
    }

    private static OrderedConsumerConfiguration from(DeliverPolicy policy) {
        return new OrderedConsumerConfiguration().deliverPolicy(policy);
    }

    private StateFollower start() {
        Thread.ofVirtual().name("follow-" + stream).start(this::run);
        return this;
    }

    /** Whether all that the stream held at the start has been received. */
    public boolean isCaughtUp() {
        return caughtUp.getCount() == 0;
    }

    /** Waits for {@link #isCaughtUp()}; false when the time is over. */
    public boolean awaitCaughtUp(Duration patience) throws InterruptedException {
        return caughtUp.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        stopped = true;
    }

    private void run() {
        while (!stopped) {
            try {
                follow();
            } catch (InterruptedException e) {
                return;
            } catch (Exception e) {
                if (!stopped) {
                    LOG.log(Level.WARNING, "following {0} pauses: {1}", new Object[] {stream, e.getMessage()});
                }
            }
            try {
                Thread.sleep(POLL);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void follow() throws Exception {
        StreamCatalog.ensure(bus, stream);
        long interruptions = bus.interruptions();
        OrderedConsumerContext consumer =
                bus.connection().getStreamContext(stream).createOrderedConsumer(from.filterSubject(filter));
        try (IterableConsumer messages = consumer.iterate(AHEAD)) {
            if (messages.getConsumerInfo().getCalculatedPending() == 0) {
                caughtUp.countDown();
            }
            while (!stopped && bus.interruptions() == interruptions) {
                Message message = messages.nextMessage(POLL);
                if (message != null) {
                    hand(message);
                } else if (messages.isFinished()) {
                    throw new IllegalStateException("the broker ended the consumer");
                }
            }
        }
    }

    private void hand(Message message) throws JetStreamStatusCheckedException {
        NatsMetadata metadata = NatsMetadata.of(message);
        try {
            receiver.receive(message.getData(), metadata);
        } catch (RuntimeException e) {
            LOG.log(Level.SEVERE, "passed over " + metadata.subject() + " of " + stream, e);
        }
        if (metadata.pending() == 0) {
            caughtUp.countDown();
        }
    }
}
