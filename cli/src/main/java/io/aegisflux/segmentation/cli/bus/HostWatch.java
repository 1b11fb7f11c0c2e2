package io.aegisflux.segmentation.cli.bus;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.PolicyUpdate;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.nats.client.Message;
import io.nats.client.Subscription;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/** What a host says from now on: which policies it applied, and what it decided. It is heard until the connection ends. */
public final class HostWatch {
    private final Subscription updates;
    private final Subscription events;

    /**
     * @throws io.aegisflux.segmentation.cli.outcome.Failure when the broker does not let us listen
     */
    public HostWatch(BusClient bus, HostId host) {
        requireNonNull(host, "host is null");
        updates = bus.connection().subscribe(Subjects.policyUpdates(host));
        events = bus.connection().subscribe(Subjects.events(host));
        bus.flush("listen to " + host);
    }

    /**
     * The next update that is like this.
     *
     * @return empty when none comes in time
     */
    public Optional<PolicyUpdate> update(Predicate<PolicyUpdate> like, Duration patience) {
        return next(updates, PolicyUpdate.class, like, patience);
    }

    /** The next event that is like this, as {@link #update}. */
    public Optional<FlowEvent> event(Predicate<FlowEvent> like, Duration patience) {
        return next(events, FlowEvent.class, like, patience);
    }

    private static <T> Optional<T> next(
            Subscription subscription, Class<T> type, Predicate<T> like, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            for (long left = patience.toNanos(); left > 0; left = deadline - System.nanoTime()) {
                Message message = subscription.nextMessage(Duration.ofNanos(left));
                if (message != null) {
                    Optional<T> found = read(message, type).filter(like);
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    private static <T> Optional<T> read(Message message, Class<T> type) {
        try {
            return Optional.of(Wire.read(message.getData(), type));
        } catch (MalformedMessageException e) {
            return Optional.empty();
        }
    }
}
