package io.aegisflux.segmentation.nats;

import static java.util.Objects.requireNonNull;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.PublishOptions;
import io.nats.client.api.PublishAck;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The connection of a process to the broker, and what is published and read over it. Connecting happens in the
 * background and never gives up, so that a process may start before its broker; a server below {@link ServerFloor} is
 * left alone, with the reason in the log and in {@link #state()}.
 */
public final class Bus implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Bus.class.getName());
    private static final int WRONG_LAST_SEQUENCE = 10071;
    static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration UNFIT_RETRY = Duration.ofSeconds(10);

    private final NatsSettings settings;
    private final UnaryOperator<Options.Builder> threads;
    private final CountDownLatch settled = new CountDownLatch(1);
    private volatile Connection connection;
    private volatile String refusal;
    private volatile boolean closed;

    private Bus(NatsSettings settings, UnaryOperator<Options.Builder> threads) {
        this.settings = requireNonNull(settings, "settings is null");
        this.threads = threads;
    }

    /** Begins to connect and returns at once. */
    public static Bus connect(NatsSettings settings) {
        return connect(settings, UnaryOperator.identity());
    }

    /**
     * As {@link #connect(NatsSettings)}, for a process with very many connections, each of which has eleven threads.
     *
     * @param virtual runs the work of all of them; stays the caller's
     * @param clock as above
     */
    public static Bus connect(NatsSettings settings, ExecutorService virtual, ScheduledExecutorService clock) {
        return connect(
                settings,
                options -> options.executor(virtual)
                        .connectExecutor(virtual)
                        .callbackExecutor(virtual)
                        .readerExecutor(virtual)
                        .writerExecutor(virtual)
                        .scheduledExecutor(clock));
    }

    private static Bus connect(NatsSettings settings, UnaryOperator<Options.Builder> threads) {
        Bus bus = new Bus(settings, threads);
        Thread.ofVirtual().name("nats-connect").start(bus::connectForEver);
        return bus;
    }

    /** Over a connection that is there; closing the bus closes it. */
    public static Bus over(Connection connection) {
        Bus bus = new Bus(NatsSettings.of("nats://given", "given"), UnaryOperator.identity());
        ServerFloor.check(connection.getServerInfo());
        bus.connection = connection;
        bus.settled.countDown();
        return bus;
    }

    /** Settings it was made with. */
    public NatsSettings settings() {
        return settings;
    }

    /** Whether requests have a chance now. */
    public boolean isConnected() {
        Connection now = connection;
        return now != null && now.getStatus() == Connection.Status.CONNECTED;
    }

    /** Counts what ends the broker's or jnats' memory of pulls: new connections, and {@link Pauses} of this process. */
    long interruptions() {
        return connection().getStatistics().getReconnects() + Pauses.count();
    }

    /** One sentence for people: connected to what, or why not. */
    public String state() {
        Connection now = connection;
        if (refusal != null) {
            return refusal;
        }
        if (now == null) {
            return "no answer from " + settings.urls() + " yet";
        }
        return "%s: nats-server %s at %s"
                .formatted(
                        now.getStatus().name().toLowerCase(Locale.ROOT),
                        now.getServerInfo().getVersion(),
                        now.getConnectedUrl());
    }

    /**
     * The connection; waits for the first one.
     *
     * @throws UnfitServerException when the server is below the floor
     * @throws BusException when interrupted or closed
     */
    public Connection connection() {
        Connection now = connection;
        if (now != null) {
            return now;
        }
        if (refusal != null) {
            throw new UnfitServerException(refusal);
        }
        try {
            settled.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BusException("interrupted while waiting for " + settings.urls(), e);
        }
        if (connection == null) {
            throw refusal != null ? new UnfitServerException(refusal) : new BusException("the bus is closed", null);
        }
        return connection;
    }

    /**
     * Publishes into the stream of the subject and waits for its acknowledgement.
     *
     * @param messageId for the broker's duplicate detection; null for none
     * @return what the stream says: sequence, and whether it was a duplicate
     * @throws BusException when the stream does not take it
     */
    public PublishAck publish(String subject, byte[] data, String messageId) {
        return publish(subject, data, Map.of(), messageId, -1);
    }

    /**
     * As {@link #publish(String, byte[], String)}, if the subject's last message is still the one named.
     *
     * @param headers added to the message
     * @param lastSubjectSequence sequence of the last message of this subject; 0 for none at all
     * @throws SequenceConflictException when another writer was first
     */
    public PublishAck publishExpecting(
            String subject, byte[] data, Map<String, String> headers, String messageId, long lastSubjectSequence) {
        return publish(subject, data, headers, messageId, lastSubjectSequence);
    }

    /** As {@link #publishExpecting(String, byte[], Map, String, long)}, without headers. */
    public PublishAck publishExpecting(String subject, byte[] data, String messageId, long lastSubjectSequence) {
        return publish(subject, data, Map.of(), messageId, lastSubjectSequence);
    }

    /**
     * Begins what {@link #publishExpecting(String, byte[], Map, String, long)} does.
     *
     * @throws BusException when it cannot be sent
     */
    public PendingPublish beginExpecting(
            String subject, byte[] data, Map<String, String> headers, long lastSubjectSequence) {
        PublishOptions options = PublishOptions.builder()
                .expectedLastSubjectSequence(lastSubjectSequence)
                .build();
        try {
            return new PendingPublish(
                    subject,
                    lastSubjectSequence,
                    connection().jetStream().publishAsync(message(subject, data, headers), options));
        } catch (IOException e) {
            throw new BusException("%s cannot be published: %s".formatted(subject, e.getMessage()), e);
        }
    }

    /** Publishes into a stream without waiting; the future fails when the stream does not take it. */
    public CompletableFuture<PublishAck> publishAsync(String subject, byte[] data, String messageId) {
        try {
            PublishOptions options = messageId == null
                    ? null
                    : PublishOptions.builder().messageId(messageId).build();
            return connection().jetStream().publishAsync(subject, data, options);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Publishes to whoever listens now; nothing is kept and nobody confirms. */
    public void publishCore(String subject, byte[] data) {
        connection().publish(subject, data);
    }

    /**
     * The last message of a subject, by direct get: served without a consumer, by any replica, so it may be older than
     * the newest.
     *
     * @throws BusException when nobody answers in time
     */
    public Optional<StoredMessage> last(String stream, String subject) {
        Message reply = request("$JS.API.DIRECT.GET." + stream + "." + subject, new byte[0]);
        if (reply.isStatusMessage() || !reply.hasHeaders() || reply.getHeaders().getFirst("Nats-Sequence") == null) {
            int code = reply.isStatusMessage() ? reply.getStatus().getCode() : 0;
            if (code == 404) {
                return Optional.empty();
            }
            throw new BusException(
                    "direct get of %s from %s: %s"
                            .formatted(
                                    subject,
                                    stream,
                                    reply.isStatusMessage()
                                            ? reply.getStatus().getMessageWithCode()
                                            : "no stream answers"),
                    null);
        }
        return Optional.of(stored(reply));
    }

    /**
     * Asks and waits for the answer.
     *
     * @throws BusException when nobody answers in time
     */
    public Message request(String subject, byte[] data) {
        try {
            return connection()
                    .requestWithTimeout(subject, data, REQUEST_TIMEOUT)
                    .get(REQUEST_TIMEOUT.toMillis() + 500, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BusException("interrupted while asking " + subject, e);
        } catch (ExecutionException | CompletionException | TimeoutException | CancellationException e) {
            throw new BusException("nobody answers " + subject, e);
        }
    }

    /**
     * Waits for an answer of the broker over this connection, whatever it says.
     *
     * @throws BusException when there is none in time
     */
    public void requireAnswer() {
        try {
            connection().flush(REQUEST_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BusException("interrupted while waiting for the broker", e);
        } catch (TimeoutException e) {
            throw new BusException("the broker does not answer", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        settled.countDown();
        Connection now = connection;
        if (now != null) {
            try {
                now.drain(Duration.ofSeconds(2)).get(3, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException | IllegalStateException e) {
                LOG.log(Level.FINE, "the connection was not drained", e);
            }
            try {
                now.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private PublishAck publish(
            String subject, byte[] data, Map<String, String> headers, String messageId, long lastSubjectSequence) {
        PublishOptions.Builder options = PublishOptions.builder();
        if (messageId != null) {
            options.messageId(messageId);
        }
        if (lastSubjectSequence >= 0) {
            options.expectedLastSubjectSequence(lastSubjectSequence);
        }
        try {
            return connection().jetStream().publish(message(subject, data, headers), options.build());
        } catch (JetStreamApiException e) {
            throw refused(subject, lastSubjectSequence, e);
        } catch (IOException e) {
            throw new BusException("no acknowledgement for %s: %s".formatted(subject, e.getMessage()), e);
        }
    }

    private static Message message(String subject, byte[] data, Map<String, String> headers) {
        Headers own = new Headers();
        headers.forEach(own::put);
        return NatsMessage.builder().subject(subject).headers(own).data(data).build();
    }

    static RuntimeException refused(String subject, long lastSubjectSequence, JetStreamApiException e) {
        return e.getApiErrorCode() == WRONG_LAST_SEQUENCE
                ? new SequenceConflictException(subject, lastSubjectSequence, e)
                : new BusException("the stream does not take %s: %s".formatted(subject, e.getMessage()), e);
    }

    private static StoredMessage stored(Message reply) {
        Map<String, List<String>> headers = new HashMap<>();
        reply.getHeaders().forEach((name, values) -> headers.put(name, List.copyOf(values)));
        Headers of = reply.getHeaders();
        return new StoredMessage(
                of.getFirst("Nats-Subject"),
                Long.parseLong(of.getFirst("Nats-Sequence")),
                Instant.parse(of.getFirst("Nats-Time-Stamp")),
                headers,
                reply.getData());
    }

    private void connectForEver() {
        while (!closed) {
            try {
                Connection candidate = Nats.connectReconnectOnConnect(
                        threads.apply(settings.options()).build());
                if (accept(candidate)) {
                    return;
                }
                Thread.sleep(UNFIT_RETRY);
            } catch (IOException e) {
                LOG.log(Level.WARNING, "cannot connect to {0}: {1}", new Object[] {settings.urls(), e.getMessage()});
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private boolean accept(Connection candidate) throws InterruptedException {
        try {
            ServerFloor.check(candidate.getServerInfo());
        } catch (UnfitServerException e) {
            if (refusal == null) {
                LOG.severe(e.getMessage());
            }
            refusal = e.getMessage();
            candidate.close();
            return false;
        }
        refusal = null;
        connection = candidate;
        settled.countDown();
        if (closed) {
            candidate.close();
        }
        LOG.log(Level.INFO, "nats: {0}", state());
        return true;
    }
}
