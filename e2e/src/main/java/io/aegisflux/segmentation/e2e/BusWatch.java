package io.aegisflux.segmentation.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyUpdate;
import io.aegisflux.segmentation.contracts.PublishHeaders;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.PlainClient;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Anyone's view of the bus: publishes policies with a plain publish, remembers what hosts and services say. */
final class BusWatch implements AutoCloseable {
    private final Connection connection;
    private final List<FlowEvent> events = new CopyOnWriteArrayList<>();
    private final List<PolicyUpdate> updates = new CopyOnWriteArrayList<>();
    private final List<SystemEvent> system = new CopyOnWriteArrayList<>();

    private BusWatch(Connection connection) {
        this.connection = connection;
        Dispatcher dispatcher = connection.createDispatcher();
        dispatcher.subscribe(
                Subjects.each(Subjects.EVENTS), message -> events.add(Wire.read(message.getData(), FlowEvent.class)));
        dispatcher.subscribe(
                Subjects.each(Subjects.POLICY_UPDATES),
                message -> updates.add(Wire.read(message.getData(), PolicyUpdate.class)));
        dispatcher.subscribe(
                Subjects.each(Subjects.SYSTEM), message -> system.add(Wire.read(message.getData(), SystemEvent.class)));
    }

    static BusWatch on(String url) {
        try {
            Connection connection = PlainClient.connect(url);
            BusWatch watch = new BusWatch(connection);
            connection.flush(Duration.ofSeconds(5));
            return watch;
        } catch (TimeoutException e) {
            throw new IllegalStateException("cannot watch the bus at " + url, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** A plain publish, as any NATS client does it; an empty document deletes the policy. */
    void publish(String policy, byte[] document) {
        connection.publish(Subjects.POLICIES + policy, document);
    }

    /** Asks a service. */
    <T> T ask(String subject, Object request, Class<T> type) {
        try {
            Message reply = connection.request(subject, Wire.write(request), Duration.ofSeconds(30));
            if (reply == null || reply.hasHeaders()) {
                throw new IllegalStateException(
                        "%s: %s".formatted(subject, reply == null ? "no answer" : new String(reply.getData(), UTF_8)));
            }
            return Wire.read(reply.getData(), type);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** As above, staged: {@code nats pub -H} does it. */
    void stage(String policy, byte[] document, String canary, String rollout) {
        connection.publish(
                Subjects.POLICIES + policy,
                new Headers().add(PublishHeaders.CANARY, canary).add(PublishHeaders.ROLLOUT, rollout),
                document);
    }

    Connection connection() {
        return connection;
    }

    /** Forgets what came so far. */
    void forget() {
        events.clear();
        updates.clear();
        system.clear();
    }

    /** The first event that is like this, once it is there. */
    FlowEvent awaitEvent(String wanted, Predicate<FlowEvent> like) {
        return await(wanted, () -> events.stream().filter(like).findFirst());
    }

    /** The first word of a host that it applied (or refused) a policy like this. */
    PolicyUpdate awaitUpdate(String host, String policy, Predicate<PolicyUpdate> like) {
        HostId id = new HostId(host);
        return await(
                "an update of %s by %s".formatted(policy, host),
                () -> updates.stream()
                        .filter(update -> update.hostId().equals(id)
                                && update.policyId().value().equals(policy)
                                && like.test(update))
                        .findFirst());
    }

    SystemEvent awaitSystem(String wanted, Predicate<SystemEvent> like) {
        return await(wanted, () -> system.stream().filter(like).findFirst());
    }

    List<FlowEvent> events() {
        return List.copyOf(events);
    }

    /** Waits half a minute for something that comes over the bus. */
    static void await(String wanted, BooleanSupplier there) {
        await(wanted, () -> there.getAsBoolean() ? Optional.of(true) : Optional.empty());
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static <T> T await(String wanted, Supplier<Optional<T>> there) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (true) {
            Optional<T> found = there.get();
            if (found.isPresent()) {
                return found.get();
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("waited 30 s in vain for " + wanted);
            }
            try {
                Thread.sleep(2);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
    }
}
