package io.aegisflux.segmentation.nats;

import io.nats.client.ConsumeOptions;
import io.nats.client.IterableConsumer;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.StreamContext;
import io.nats.client.api.StreamInfoOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
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

    /** So many are fetched ahead of what is handled: a message may have a MiB. */
    private static final ConsumeOptions AHEAD =
            ConsumeOptions.builder().batchSize(32).build();

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
        this.refusals = new PoisonReports(bus, settings.service(), settings.channel(), settings.stream());
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

    @Override
    public void run(Receiver receiver) {
        while (!stopped) {
            try {
                follow(receiver);
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

    private void follow(Receiver receiver) throws Exception {
        StreamCatalog.ensure(bus, stream());
        StreamContext context = bus.connection().getStreamContext(stream());
        long interruptions = bus.interruptions();
        turn.acquire(); // so that what is being handled is behind us, too
        turn.release();
        var consumer = context.createOrderedConsumer(position.next(context.getStreamInfo(), settings.filters()));
        try (IterableConsumer messages = consumer.iterate(AHEAD)) {
            trouble = null;
            caughtUp |= settings.from() instanceof StreamPosition.From.Now || holdsNothing(context);
            while (!stopped && bus.interruptions() == interruptions) {
                Message message = messages.nextMessage(POLL);
                if (message != null) {
                    hand(message, receiver);
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

    private void hand(Message message, Receiver receiver) throws InterruptedException {
        NatsMetadata metadata = NatsMetadata.of(message);
        turn.acquire();
        receiver.receive(message.getData(), metadata, failure -> {
            if (failure != null) {
                refusals.report(metadata, failure);
            }
            position.passed(metadata.sequence());
            pending = metadata.pending();
            caughtUp |= pending == 0;
            turn.release();
            return CompletableFuture.completedFuture(null);
        });
    }
}
