package io.aegisflux.segmentation.cli.bus;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.cli.outcome.Failure;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** A connection to the broker on which nothing waits longer than the timeout. */
public final class BusClient implements AutoCloseable {
    static final String START_NATS = "is nats-server running there? './dev up' starts one; --server or NATS_URL"
            + " names another address, --timeout waits longer";

    private final Connection connection;
    private final Complaints complaints;
    private final BusSettings settings;

    private BusClient(Connection connection, Complaints complaints, BusSettings settings) {
        this.connection = connection;
        this.complaints = complaints;
        this.settings = settings;
    }

    /**
     * Connects within the timeout.
     *
     * @param lasting for a tail: comes back for ever when the broker goes away
     * @param notices told when that happens
     * @param details told what the connection meets
     * @throws Failure when nobody is there or the broker does not let us in
     */
    public static BusClient connect(
            BusSettings settings, boolean lasting, Consumer<String> notices, Consumer<String> details) {
        requireNonNull(settings, "settings is null");
        Complaints complaints = new Complaints(details);
        return new BusClient(new Greeting(settings).open(lasting, complaints, notices, details), complaints, settings);
    }

    public Connection connection() {
        return connection;
    }

    public Duration timeout() {
        return settings.timeout();
    }

    /**
     * Publishes and makes sure that the broker has it.
     *
     * @throws Failure when the broker refuses it or is gone
     */
    public void publish(String subject, Headers headers, byte[] body) {
        try {
            connection.publish(subject, headers, body);
        } catch (IllegalArgumentException e) {
            throw tooLarge(subject, body, e);
        }
        flush("publish to " + subject);
    }

    /**
     * Waits until the broker has answered to all we sent, its refusals included.
     *
     * @param what was sent, for the error
     */
    public void flush(String what) {
        try {
            connection.flush(timeout());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sending", e);
        } catch (TimeoutException e) {
            throw Failure.noAnswer("the broker did not take it within %s".formatted(words(timeout())), START_NATS, e);
        }
        // jnats hands errors to the listener on another thread, behind the PONG that ended the flush.
        String refusal = complaints
                .refusal()
                .copy()
                .completeOnTimeout(null, 20, TimeUnit.MILLISECONDS)
                .join();
        if (refusal != null) {
            throw notPermitted(what, refusal);
        }
    }

    /**
     * Asks and waits for one answer.
     *
     * @throws Failure when nobody listens, nobody answers in time, or the broker refuses
     */
    public Message request(String subject, Headers headers, byte[] body) {
        CompletableFuture<Message> reply;
        try {
            reply = connection.requestWithTimeout(subject, headers, body, timeout());
        } catch (IllegalArgumentException e) {
            throw tooLarge(subject, body, e);
        }
        return await(reply, subject);
    }

    /** Waits for an answer on this subject, as {@link #request}. */
    <T> T await(CompletableFuture<T> reply, String subject) {
        try {
            CompletableFuture.anyOf(reply, complaints.refusal()).get(timeout().toMillis(), TimeUnit.MILLISECONDS);
            throwIfNotPermitted("ask " + subject);
            return reply.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + subject, e);
        } catch (TimeoutException e) {
            throw silence(subject);
        } catch (ExecutionException e) {
            if (NoResponders.isMeantBy(e)) {
                throw noResponders(subject);
            }
            if (e.getCause() instanceof Failure failure) {
                throw failure;
            }
            throw Failure.noAnswer("no answer on " + subject + ": " + e.getCause(), START_NATS, e);
        } catch (CancellationException e) {
            throw silence(subject);
        }
    }

    /**
     * @param what we wanted, for the error
     * @throws Failure when the broker has refused something that we sent
     */
    void throwIfNotPermitted(String what) {
        if (complaints.refusal().isDone()) {
            throw notPermitted(what, complaints.refusal().join());
        }
    }

    Failure silence(String subject) {
        return Failure.noAnswer(
                "no answer on %s within %s".formatted(subject, words(timeout())),
                "see who is alive with 'segctl status', or wait longer with --timeout");
    }

    static Failure noResponders(String subject) {
        return Failure.noAnswer(
                "nobody listens on " + subject,
                "start the service that answers there ('./dev up' starts all), then 'segctl status'");
    }

    static Failure notPermitted(String what, String refusal) {
        return Failure.refused(
                "the broker does not permit this user to %s (%s)".formatted(what, refusal),
                "use another user with --creds FILE, or ask whoever keeps the permissions of nats-server");
    }

    Failure tooLarge(String subject, byte[] body, IllegalArgumentException e) {
        return Failure.refused(
                "cannot publish %d bytes to %s: %s".formatted(body.length, subject, e.getMessage()),
                "the broker takes at most %d bytes a message".formatted(connection.getMaxPayload()),
                e);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** As people write it: whole seconds where it is such. */
    static String words(Duration duration) {
        long millis = duration.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
    }
}
