package io.aegisflux.segmentation.cli.bus;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.Wire;
import io.nats.client.Message;
import java.io.IOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Questions to the broker about its streams, and to services, each by itself: what is not permitted of one says nothing about
 * the next, so the connection is made anew after it.
 */
public final class StoredState implements AutoCloseable {
    private static final int NOT_FOUND = 404;

    private final Supplier<BusClient> connect;
    private BusClient bus;

    /**
     * @param connect opens a connection, which is closed here
     */
    public StoredState(Supplier<BusClient> connect) {
        this.connect = requireNonNull(connect, "connect is null");
        this.bus = connect.get();
    }

    /**
     * A stored message.
     *
     * @param time when the broker took it
     */
    public record Stored<T>(T message, Instant time) {}

    public BusClient bus() {
        return bus;
    }

    /**
     * A stream's info, with its configuration; empty when there is none of that name.
     *
     * @throws Failure when nobody answers or it is not permitted
     */
    public Optional<JsonNode> stream(String name) {
        return answer("$JS.API.STREAM.INFO." + name, new byte[0]);
    }

    /**
     * The last message on a subject; empty when there is none, or it is not of that type.
     *
     * @throws Failure when nobody answers or it is not permitted
     */
    public <T> Optional<Stored<T>> last(String stream, String subject, Class<T> type) {
        Optional<JsonNode> answer =
                answer("$JS.API.STREAM.MSG.GET." + stream, Wire.write(Map.of("last_by_subj", subject)));
        try {
            if (answer.isEmpty()) {
                return Optional.empty();
            }
            JsonNode message = answer.get().path("message");
            return Optional.of(new Stored<>(
                    Wire.read(message.path("data").binaryValue(), type),
                    OffsetDateTime.parse(message.path("time").asText()).toInstant()));
        } catch (MalformedMessageException | IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Asks a service.
     *
     * @throws Failure when nobody answers, it refuses, or it is not permitted
     */
    public <T> T ask(String subject, Class<T> type) {
        return ask(subject, new byte[0], type);
    }

    /** As {@link #ask(String, Class)}, with a request. */
    public <T> T ask(String subject, byte[] request, Class<T> type) {
        return Answers.read(request(subject, request), type);
    }

    /**
     * Asks what takes several questions.
     *
     * @throws Failure as the question does
     */
    public <T> T askAll(Function<BusClient, T> question) {
        return renewedAfterFailure(() -> {
            T answer = question.apply(bus);
            // Some questions pass over what is not permitted.
            bus.flush("ask for all of it");
            return answer;
        });
    }

    /**
     * The consumers of a stream as the broker lists them; empty when there is no such stream.
     *
     * @throws Failure when nobody answers or it is not permitted
     */
    public Optional<JsonNode> consumers(String stream) {
        return answer("$JS.API.CONSUMER.LIST." + stream, new byte[0]).map(answer -> answer.path("consumers"));
    }

    private Optional<JsonNode> answer(String subject, byte[] body) {
        Message reply = request(subject, body);
        JsonNode answer = Wire.read(reply.getData(), JsonNode.class);
        if (answer.path("error").path("code").asInt() == NOT_FOUND) {
            return Optional.empty();
        }
        if (answer.has("error")) {
            throw Failure.noAnswer(
                    "%s: %s"
                            .formatted(
                                    subject,
                                    answer.path("error").path("description").asText()),
                    "see the log of nats-server");
        }
        return Optional.of(answer);
    }

    private Message request(String subject, byte[] body) {
        return renewedAfterFailure(() -> bus.request(subject, null, body));
    }

    private <T> T renewedAfterFailure(Supplier<T> question) {
        try {
            return question.get();
        } catch (Failure failure) {
            bus.close();
            bus = connect.get();
            throw failure;
        }
    }

    @Override
    public void close() {
        bus.close();
    }
}
