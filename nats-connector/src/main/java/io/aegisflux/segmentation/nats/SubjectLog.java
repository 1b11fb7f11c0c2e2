package io.aegisflux.segmentation.nats;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.Wire;
import io.nats.client.Message;
import io.nats.client.api.MessageInfo;
import java.util.Map;
import java.util.Optional;

/**
 * The messages of a stream, one at a time, as its leader holds them: what a writer must have read before it decides what
 * follows. {@link Bus#last} is cheaper for the broker, but may be answered by a replica that lags.
 */
public final class SubjectLog {
    private static final int NO_MESSAGE = 10037;

    private final Bus bus;
    private final String stream;

    public SubjectLog(Bus bus, String stream) {
        this.bus = requireNonNull(bus, "bus is null");
        this.stream = requireNonNull(stream, "stream is null");
    }

    /**
     * The last message of a subject.
     *
     * @throws BusException when the leader does not answer in time, or there is no such stream
     */
    public Optional<StoredMessage> newest(String subject) {
        return get(subject, Map.of("last_by_subj", subject));
    }

    /**
     * The first message of a subject whose sequence is this or higher.
     *
     * @throws BusException as above
     */
    public Optional<StoredMessage> next(String subject, long fromSequence) {
        return get(subject, Map.of("next_by_subj", subject, "seq", fromSequence));
    }

    private Optional<StoredMessage> get(String subject, Map<String, Object> request) {
        Message reply = bus.request("$JS.API.STREAM.MSG.GET." + stream, Wire.write(request));
        MessageInfo message = new MessageInfo(reply, stream, false);
        if (!message.hasError()) {
            return Optional.of(stored(message));
        }
        if (message.getApiErrorCode() == NO_MESSAGE) {
            return Optional.empty();
        }
        throw new BusException("cannot read %s from %s: %s".formatted(subject, stream, message.getError()), null);
    }

    private static StoredMessage stored(MessageInfo message) {
        return new StoredMessage(
                message.getSubject(),
                message.getSeq(),
                message.getTime().toInstant(),
                MessageHeaders.of(message.getHeaders()),
                message.getData() == null ? new byte[0] : message.getData());
    }
}
