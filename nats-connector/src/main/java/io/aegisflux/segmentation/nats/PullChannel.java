package io.aegisflux.segmentation.nats;

import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
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
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A channel over a durable pull consumer: one virtual thread pulls, at most {@code inFlight} messages are out at a time,
 * each is acknowledged after its effect, put back with a growing delay when that failed, and terminated and reported when
 * no retry can help. It outlives the broker's restarts and its own consumer's deletion.
 */
final class PullChannel {
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

    /** A message to hand over. */
    interface Receiver {
        /**
         * @param done to be called once, with null or what went wrong
         */
        void receive(byte[] payload, NatsMetadata metadata, Function<Throwable, CompletionStage<Void>> done);
    }

    PullChannel(Bus bus, Settings settings) {
        this.bus = bus;
        this.settings = settings;
        this.slots = new Semaphore(settings.inFlight());
    }

    /** Pulls until {@link #stop()}, on the calling thread. */
    void run(Receiver receiver) {
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

    void stop() {
        stopped = true;
    }

    /** Null while all is well, else why nothing comes. */
    String trouble() {
        return trouble;
    }

    /** Messages the consumer has not seen yet, as of the last one that it saw. */
    long pending() {
        return pending;
    }

    Settings settings() {
        return settings;
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
        long reconnects = reconnects();
        try (IterableConsumer messages = consumer.iterate()) {
            trouble = null;
            while (!stopped) {
                if (reconnects() != reconnects) {
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

    private long reconnects() {
        return bus.connection().getStatistics().getReconnects();
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
            Throwable cause = poison(failure);
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
        SystemEvent event = new SystemEvent(
                settings.service(),
                SystemEvent.MESSAGE_REJECTED,
                settings.channel(),
                cause.getMessage(),
                "error",
                Instant.now(),
                Map.of("subject", metadata.subject(), "stream", settings.stream(), "sequence", metadata.sequence()));
        LOG.log(Level.WARNING, "refused {0}: {1}", new Object[] {metadata.subject(), cause.getMessage()});
        bus.publish(
                Subjects.systemOfService(settings.service()),
                Wire.write(event),
                "rejected-%s-%s-%d".formatted(settings.service(), settings.stream(), metadata.sequence()));
    }

    private static Throwable poison(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof PoisonMessageException || at instanceof MalformedMessageException) {
                return at;
            }
        }
        return null;
    }
}
