package io.aegisflux.segmentation.policy;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.DesiredState;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.PolicyRef;
import io.aegisflux.segmentation.contracts.PolicyUpdate;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.BusException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A host that is not there: reads what it is told, says that it applied it, and counts. Bears a broker that is away. */
final class SimulatedHost implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofMillis(100);

    final HostId id;
    private final Duration clockAhead;
    private final PolicyBench bench;
    private final Thread thread;
    private Map<PolicyId, PolicyRef> loaded = new HashMap<>();
    private long revision;
    private long denied;

    /** What it does with what it is told. */
    enum Manner {
        APPLIES,
        REFUSES,
        /** Counts on with what it has, as an agent whose tables do not come through. */
        DOES_NOT_APPLY,
        SAYS_NOTHING
    }

    volatile Manner manner = Manner.APPLIES;

    /** Packets that each report adds to the default rule of every policy. */
    volatile long deniedEachTime;

    SimulatedHost(PolicyBench bench, String name, Map<String, String> labels) {
        this(bench, name, labels, Duration.ZERO);
    }

    /** @param clockAhead by how much its clock is ahead of the broker's */
    SimulatedHost(PolicyBench bench, String name, Map<String, String> labels, Duration clockAhead) {
        this.bench = bench;
        this.clockAhead = clockAhead;
        this.id = new HostId(name);
        bench.report(new CapabilityReport(
                id,
                "x86_64",
                "6.1",
                true,
                Map.of(),
                Map.of(),
                Map.of(),
                labels,
                List.of(),
                List.of(),
                Action.ALLOW,
                Instant.now().plus(clockAhead)));
        this.thread = Thread.ofVirtual().name(name).start(this::run);
    }

    private void run() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                if (manner != Manner.SAYS_NOTHING) {
                    bench.desired(id.value()).ifPresent(this::consider);
                    measure();
                }
            } catch (BusException e) {
                // The broker is away; it goes on when it is back.
            }
            try {
                Thread.sleep(PERIOD);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void consider(DesiredState told) {
        if (told.revision() <= revision || manner == Manner.DOES_NOT_APPLY || told.table() == null) {
            return;
        }
        Map<PolicyId, PolicyRef> next = new HashMap<>();
        told.table().policies().forEach(policy -> next.put(policy.id(), policy));
        boolean refuses = manner == Manner.REFUSES;
        next.forEach((policy, ref) -> {
            if (!ref.equals(loaded.get(policy))) {
                say(
                        policy,
                        loaded.containsKey(policy) ? "updated" : "created",
                        ref.version(),
                        told.revision(),
                        refuses);
            }
        });
        loaded.keySet().stream()
                .filter(policy -> !next.containsKey(policy))
                .forEach(policy -> say(policy, "deleted", null, told.revision(), refuses));
        if (!refuses) {
            loaded = next;
            revision = told.revision();
        }
    }

    private void say(PolicyId policy, String action, Long version, long at, boolean refuses) {
        bench.bus.publish(
                Subjects.policyUpdates(id),
                Wire.write(new PolicyUpdate(
                        id,
                        policy,
                        action,
                        "network",
                        version,
                        at,
                        Instant.now().plus(clockAhead),
                        refuses
                                ? Map.of("result", "refused", "reason", "the table is not taken", "epoch", 1)
                                : Map.of("result", "applied", "epoch", 1))),
                null);
    }

    private void measure() {
        denied += deniedEachTime;
        bench.bus.publish(
                Subjects.metrics(id),
                Wire.write(new MetricsReport(
                        id,
                        denied,
                        0,
                        denied,
                        0,
                        0,
                        loaded.size(),
                        0,
                        1,
                        revision,
                        1,
                        0,
                        0,
                        0,
                        denied == 0
                                ? List.of()
                                : loaded.values().stream()
                                        .map(policy -> new MetricsReport.RuleHit(
                                                policy.id(), policy.version(), "default-action", denied, 0, null))
                                        .toList(),
                        Map.of(),
                        List.of(),
                        List.of(),
                        Instant.now().plus(clockAhead))),
                null);
    }

    /** The version of a policy that it was told last; empty when none. */
    Optional<Long> told(String policy) {
        return bench.desired(id.value())
                .flatMap(state -> state.table().policies().stream()
                        .filter(it -> it.id().value().equals(policy))
                        .map(PolicyRef::version)
                        .findFirst());
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
