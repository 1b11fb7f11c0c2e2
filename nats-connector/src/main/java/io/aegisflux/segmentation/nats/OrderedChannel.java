package io.aegisflux.segmentation.nats;

import io.nats.client.ConsumeOptions;
import io.nats.client.IterableConsumer;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.StreamContext;
import io.nats.client.api.StreamInfoOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A channel over an ordered consumer of this process alone: every instance of a service sees every message, in the order
 * of the stream, one at a time. Nothing is acknowledged; the position is kept here and moves with the effect, so after a
 * reconnection it goes on with the message after the last one that took effect. What cannot be used is reported and
 * passed over, for nobody would deliver it again.
 */
final class OrderedChannel implements InboundChannel {
    private static final Logger LOG = Logger.getLogger(OrderedChannel.class.getName());
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration GATHER = Duration.ofMillis(10);

    /** So many are fetched ahead of what is handled, or two batches: a message may have a MiB. */
    private static final int LEAST_AHEAD = 32;

    private final Bus bus;
    private final Settings settings;
    private final StreamPosition position;
    private final PoisonReports refusals;
    private final Semaphore turn = new Semaphore(1);
    private volatile boolean stopped;
    private volatile boolean caughtUp;
    private volatile String trouble = "not connected yet";
    private volatile long pending;

    /**
     * @param filters subjects
     * @param from where it begins the first time
     */
    record Settings(String channel, String service, String stream, List<String> filters, StreamPosition.From from) {}

    OrderedChannel(Bus bus, Settings settings) {
        this.bus = bus;
        this.settings = settings;
        this.position = new StreamPosition(settings.from());
        this.refusals = new PoisonReports(bus, settings.service(), this);
    }

    @Override
    public String name() {
        return settings.channel();
    }

    @Override
    public String stream() {
        return settings.stream();
    }

    @Override
    public void stop() {
        stopped = true;
    }

    @Override
    public String trouble() {
        return trouble;
    }

    @Override
    public long pending() {
        return pending;
    }

    /** Whether all that the stream held at the start has been handled. */
    boolean isCaughtUp() {
        return caughtUp;
    }

    /** Takes messages together. */
    interface BatchReceiver {
        /**
         * @param done to be called once, with null or what went wrong with all of them
         */
        void receive(Batch batch, Function<Throwable, CompletionStage<Void>> done);
    }

    @Override
    public void run(Receiver receiver) {
        run(1, (batch, done) -> {
            Batch.Arrival only = batch.arrivals().getFirst();
            receiver.receive(only.payload(), only.metadata(), failure -> {
                if (failure != null) {
                    only.refusal().accept(failure);
                }
                return done.apply(null);
            });
        });
    }

    /** As {@link #run(Receiver)}, up to so many messages at a time, as long as more wait. */
    void run(int most, BatchReceiver receiver) {
        while (!stopped) {
            try {
                follow(most, receiver);
                Thread.sleep(POLL);
            } catch (InterruptedException e) {
                return;
            } catch (Exception e) {
                if (!stopped) {
                    trouble = e.getMessage();
                    LOG.log(Level.WARNING, "channel {0} pauses: {1}", new Object[] {name(), e.getMessage()});
                }
                if (!pause()) {
                    return;
                }
            }
        }
    }

    private static boolean pause() {
        try {
            Thread.sleep(POLL);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private void follow(int most, BatchReceiver receiver) throws Exception {
        StreamCatalog.ensure(bus, stream());
        StreamContext context = bus.connection().getStreamContext(stream());
        long reconnects = reconnects();
        turn.acquire(); // so that what is being handled is behind us, too
        turn.release();
        var consumer = context.createOrderedConsumer(position.next(context.getStreamInfo(), settings.filters()));
        ConsumeOptions ahead = ConsumeOptions.builder()
                .batchSize(Math.max(LEAST_AHEAD, 2 * most))
                .build();
        try (IterableConsumer messages = consumer.iterate(ahead)) {
            trouble = null;
            caughtUp |= settings.from() instanceof StreamPosition.From.Now || holdsNothing(context);
            while (!stopped && reconnects() == reconnects) {
                Message message = messages.nextMessage(POLL);
                if (message != null) {
                    hand(gather(message, messages, most), receiver);
                } else if (messages.isFinished()) {
                    throw new IllegalStateException("the broker ended the consumer of " + name());
                } else {
                    pending = 0;
                }
            }
        }
    }

    private boolean holdsNothing(StreamContext context) throws IOException, JetStreamApiException {
        return context.getStreamInfo(StreamInfoOptions.filterSubjects(
                                settings.filters().getFirst()))
                        .getStreamState()
                        .getSubjectCount()
                == 0;
    }

    private List<Message> gather(Message first, IterableConsumer messages, int most) throws Exception {
        List<Message> gathered = new ArrayList<>(List.of(first));
        while (gathered.size() < most && gathered.getLast().metaData().pendingCount() > 0) {
            Message next = messages.nextMessage(GATHER);
            if (next == null) {
                break;
            }
            gathered.add(next);
        }
        return gathered;
    }

    private void hand(List<Message> messages, BatchReceiver receiver) throws InterruptedException {
        List<Batch.Arrival> arrivals = messages.stream().map(this::arrival).toList();
        NatsMetadata last = arrivals.getLast().metadata();
        turn.acquire();
        receiver.receive(new Batch(arrivals), failure -> {
            if (failure != null) {
                LOG.log(
                        Level.SEVERE,
                        "passed over messages up to number " + last.sequence() + " of " + name(),
                        failure);
            }
            position.passed(last.sequence());
            pending = last.pending();
            caughtUp |= pending == 0;
            turn.release();
            return CompletableFuture.completedFuture(null);
        });
    }

    private Batch.Arrival arrival(Message message) {
        NatsMetadata metadata = NatsMetadata.of(message);
        return new Batch.Arrival(message.getData(), metadata, failure -> refusals.report(metadata, failure));
    }

    private long reconnects() {
        return bus.connection().getStatistics().getReconnects();
    }
}
