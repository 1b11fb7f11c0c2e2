package io.aegisflux.segmentation.e2e.fleet;

import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyUpdate;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.PlainClient;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** What goes over the bus to and from a fleet: how often each host was told something, and when it said that it applied what. */
final class FleetWatch implements AutoCloseable {
    private final Connection connection;
    private final Map<HostId, Integer> told = new ConcurrentHashMap<>();
    private final Map<Applied, Map<HostId, Long>> applied = new ConcurrentHashMap<>();

    private record Applied(String policy, long version) {}

    private FleetWatch(Connection connection) {
        this.connection = connection;
        Dispatcher dispatcher = connection.createDispatcher();
        // The broker rings for every message on a desired subject, once it is stored.
        dispatcher.subscribe(Subjects.each(Subjects.DOORBELL), this::rung);
        dispatcher.subscribe(Subjects.each(Subjects.POLICY_UPDATES), this::updated);
    }

    static FleetWatch on(String url) {
        try {
            Connection connection = PlainClient.connect(url);
            FleetWatch watch = new FleetWatch(connection);
            connection.flush(Duration.ofSeconds(10));
            return watch;
        } catch (TimeoutException e) {
            throw new IllegalStateException("cannot watch the bus at " + url, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    Connection connection() {
        return connection;
    }

    /** A plain publish, as any NATS client does it. */
    void publish(String policy, byte[] document) {
        connection.publish(Subjects.POLICIES + policy, document);
    }

    /** Registers a workload by a plain publish; an empty document removes it. */
    void register(String workload, byte[] document) {
        connection.publish(Subjects.WORKLOADS + workload, document);
    }

    /** Counts anew. */
    void forget() {
        told.clear();
    }

    /** How many messages on its desired subject each host got since {@link #forget()}; without those that got none. */
    Map<HostId, Integer> told() {
        return Map.copyOf(told);
    }

    /**
     * Waits until all these hosts have said that they applied a version of a policy.
     *
     * @return when each said so, by {@link System#nanoTime()}
     * @throws IllegalStateException naming those that did not in time
     */
    Map<HostId, Long> awaitApplied(String policy, long version, Collection<HostId> hosts, Duration patience) {
        Map<HostId, Long> said = applied.computeIfAbsent(new Applied(policy, version), it -> new ConcurrentHashMap<>());
        long deadline = System.nanoTime() + patience.toNanos();
        while (!said.keySet().containsAll(hosts)) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("%s did not apply version %d of %s within %s"
                        .formatted(
                                hosts.stream()
                                        .filter(host -> !said.containsKey(host))
                                        .map(HostId::value)
                                        .collect(Collectors.joining(", ")),
                                version,
                                policy,
                                patience));
            }
            sleep();
        }
        return Map.copyOf(said);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void rung(Message message) {
        Subjects.token(Subjects.DOORBELL, message.getSubject())
                .ifPresent(host -> told.merge(new HostId(host), 1, Integer::sum));
    }

    private void updated(Message message) {
        long now = System.nanoTime();
        PolicyUpdate update = Wire.read(message.getData(), PolicyUpdate.class);
        if (update.version() != null && "applied".equals(update.metadata().get("result"))) {
            applied.computeIfAbsent(
                            new Applied(update.policyId().value(), update.version()), it -> new ConcurrentHashMap<>())
                    .putIfAbsent(update.hostId(), now);
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
