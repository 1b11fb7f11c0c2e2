package io.aegisflux.segmentation.nats;

import java.util.List;
import java.util.function.Consumer;

/** Messages of an ordered channel that are handed over together, in order; never none. */
public record Batch(List<Arrival> arrivals) {
    public Batch {
        arrivals = List.copyOf(arrivals);
        if (arrivals.isEmpty()) {
            throw new IllegalArgumentException("a batch without a message");
        }
    }

    /**
     * One of the messages.
     *
     * @param refusal takes why the message cannot be used; the others of the batch are not touched by it
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Arrival(byte[] payload, NatsMetadata metadata, Consumer<Throwable> refusal) {}
}
