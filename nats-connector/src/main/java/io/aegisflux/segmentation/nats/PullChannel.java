package io.aegisflux.segmentation.nats;

import io.nats.client.ConsumerContext;
import io.nats.client.IterableConsumer;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamStatusCheckedException;
import io.nats.client.Message;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.DeliverPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A channel over a durable pull consumer: one virtual thread pulls, at most {@code inFlight} messages are out at a time,
 * each is acknowledged after its effect, put back with a growing delay when that failed, and terminated and reported when
 * no retry can help. It outlives the broker's restarts and its own consumer's deletion.
 */
final class PullChannel implements InboundChannel {
    private static final Logger LOG = Logger.getLogger(PullChannel.class.getName());
    private static final List<Duration> BACKOFF = List.of(
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofMinutes(2),
            Duration.ofMinutes(10));
    private static final Duration POLL = Duration.ofMillis(500);

    private final Bus bus;
    private final Settings settings;
    private final Semaphore slots;
    private volatile boolean stopped;
    private volatile String trouble = "not connected yet";
    private volatile long pending;

    /**
     * @param durable shared by the instances of a service
     * @param filters subjects
     * @param inFlight messages out at a time
     * @param longestRetry the growing delay before a failed message comes again stops growing here; with one message in
     *     flight all others wait behind it
     */
    record Settings(
            String channel,
            String service,
            String stream,
            String durable,
            List<String> filters,
            Duration ackWait,
            int inFlight,
            Duration longestRetry,
            boolean onlyNew) {}

    PullChannel(Bus bus, Settings settings) {
        this.bus = bus;
        this.settings = settings;
        this.slots = new Semaphore(settings.inFlight());
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
    public void run(Receiver receiver) {
        while (!stopped) {
            try {
                pull(receiver);
            } catch (InterruptedException e) {
                return;
            } catch (IOException
                    | JetStreamApiException
                    | JetStreamStatusCheckedException
                    | BusException
                    | UnfitServerException
                    | IllegalStateException e) {
                if (!stopped) {
                    trouble = e.getMessage();
                    LOG.log(Level.WARNING, "channel {0} pauses: {1}", new Object[] {settings.channel(), e.getMessage()
                    });
                }
            }
            if (!stopped) {
                try {
                    Thread.sleep(POLL);
                } catch (InterruptedException e) {
                    return;
                }
            }
        }
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

    private void pull(Receiver receiver)
            throws IOException, JetStreamApiException, InterruptedException, JetStreamStatusCheckedException {
        StreamCatalog.ensure(bus, settings.stream());
        ConsumerContext consumer = bus.connection()
                .getStreamContext(settings.stream())
                .createOrUpdateConsumer(ConsumerConfiguration.builder()
                        .durable(settings.durable())
                        .filterSubjects(settings.filters())
                        .ackPolicy(AckPolicy.Explicit)
                        .ackWait(settings.ackWait())
                        .maxAckPending(settings.inFlight())
                        .deliverPolicy(settings.onlyNew() ? DeliverPolicy.New : DeliverPolicy.All)
                        .build());
        long interruptions = bus.interruptions();
        try (IterableConsumer messages = consumer.iterate()) {
            trouble = null;
            while (!stopped) {
                if (bus.interruptions() != interruptions) {
                    // The broker forgot our pull with the connection; jnats would notice after two missed heartbeats.
                    return;
                }
                slots.acquire();
                Message message = messages.nextMessage(POLL);
                if (message == null) {
                    slots.release();
                    pending = 0;
                    if (messages.isFinished()) {
                        throw new IllegalStateException("the broker ended the consumer " + settings.durable());
                    }
                    continue;
                }
                hand(message, receiver);
            }
        } catch (IOException | JetStreamApiException | RuntimeException e) {
            throw e;
        } catch (InterruptedException | JetStreamStatusCheckedException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the consumer did not close", e);
        }
    }

    private void hand(Message message, Receiver receiver) {
        NatsMetadata metadata = NatsMetadata.of(message);
        pending = metadata.pending();
        receiver.receive(message.getData(), metadata, failure -> {
            try {
                settle(message, metadata, failure);
            } finally {
                slots.release();
            }
            return CompletableFuture.completedFuture(null);
        });
    }

    private void settle(Message message, NatsMetadata metadata, Throwable failure) {
        try {
            if (failure == null) {
                message.ack();
                return;
            }
            Throwable cause = Poison.in(failure);
            if (cause != null) {
                report(metadata, cause);
                message.term();
                return;
            }
            LOG.log(
                    Level.WARNING,
                    "channel %s will see %s (number %d) again"
                            .formatted(settings.channel(), metadata.subject(), metadata.sequence()),
                    failure);
            message.nakWithDelay(pauseBeforeRetry(metadata.deliveries()));
        } catch (RuntimeException e) {
            // The broker is away: it will deliver again after ack_wait, and every receiver bears that.
            LOG.log(Level.FINE, "not acknowledged: " + metadata.subject(), e);
        }
    }

    private Duration pauseBeforeRetry(long deliveries) {
        Duration growing = BACKOFF.get((int) Math.min(deliveries, BACKOFF.size()) - 1);
        return growing.compareTo(settings.longestRetry()) < 0 ? growing : settings.longestRetry();
    }

    private void report(NatsMetadata metadata, Throwable cause) {
        Poison poison = Poison.of(settings.service(), settings.channel(), settings.stream(), metadata, cause);
        LOG.log(Level.WARNING, "refused {0}: {1}", new Object[] {metadata.subject(), poison.reason()});
        bus.publish(poison.subject(), poison.data(), poison.id());
    }
}
