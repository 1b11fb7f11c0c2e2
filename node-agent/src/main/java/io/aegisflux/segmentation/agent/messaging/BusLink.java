package io.aegisflux.segmentation.agent.messaging;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.ObjectRef;
import io.aegisflux.segmentation.nats.AtomicBatch;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.nats.StoredMessage;
import io.aegisflux.segmentation.nats.VerifiedObjects;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The bus, which comes later than the agent: enforcement is taken over before anything of the bus is there. */
public final class BusLink {
    private volatile Attached attached;

    private record Attached(Bus bus, VerifiedObjects objects) {}

    /** The bus is there now, connected or not. It stays the caller's. */
    public void attach(Bus bus, VerifiedObjects objects) {
        attached = new Attached(requireNonNull(bus, "bus is null"), requireNonNull(objects, "objects is null"));
    }

    /** Whether requests have a chance now. */
    public boolean isConnected() {
        Attached now = attached;
        return now != null && now.bus.isConnected();
    }

    /** One sentence for people. */
    public String state() {
        Attached now = attached;
        return now == null ? "the bus is not started yet" : now.bus.state();
    }

    CompletableFuture<?> publishAsync(String subject, byte[] data, String messageId) {
        return required().bus.publishAsync(subject, data, messageId);
    }

    CompletableFuture<?> publish(AtomicBatch batch) {
        return batch.publish(required().bus);
    }

    Optional<StoredMessage> last(String stream, String subject) {
        return required().bus.last(stream, subject);
    }

    void requireAnswer() {
        required().bus.requireAnswer();
    }

    byte[] object(String bucket, ObjectRef object) {
        return required().objects.get(bucket, object);
    }

    Map<String, String> metadata(String bucket, String name) {
        return required().objects.metadata(bucket, name);
    }

    /** For what needs more than this offers. */
    Bus bus() {
        return required().bus;
    }

    private Attached required() {
        Attached now = attached;
        if (now == null) {
            throw new BusException("the bus is not started yet", null);
        }
        return now;
    }
}
