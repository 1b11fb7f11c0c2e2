package io.aegisflux.segmentation.e2e.fleet;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.Agent;
import io.aegisflux.segmentation.agent.config.Environment;
import io.aegisflux.segmentation.agent.domain.HostFacts;
import io.aegisflux.segmentation.agent.domain.HostNetwork;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyRef;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.NatsSettings;
import io.aegisflux.segmentation.nats.VerifiedObjects;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A host without a kernel: the agent itself, with the settings that it has on a host, over a connection of its own. It
 * verifies, persists, confirms, acknowledges and measures as on any other host; its table lies in a {@link MemoryDatapath}.
 */
final class FleetHost implements AutoCloseable {
    private static final Map<String, Boolean> FEATURES = Map.of("tcx", true, "ringbuf", true, "batch", true);

    private final HostId id;
    private final Map<String, String> environment;
    private final HostNetwork.Seen network;
    private final MemoryDatapath datapath = new MemoryDatapath();
    private final FleetThreads threads;
    private Agent agent;
    private Bus bus;

    /**
     * @param environment as the process of an agent has it, with the host's id
     * @param address the one address of the host
     */
    FleetHost(HostId id, Map<String, String> environment, String address, FleetThreads threads) {
        this.id = requireNonNull(id, "id is null");
        this.environment = Map.copyOf(environment);
        this.threads = requireNonNull(threads, "threads is null");
        this.network = new HostNetwork.Seen(List.of("eth0"), List.of(address));
    }

    HostId id() {
        return id;
    }

    /** Starts the agent, for the first time or after its end: what is pinned and on disk is there still. */
    synchronized void start() {
        var config = new Environment(environment::get).agent();
        HostFacts facts = new HostFacts(id.value(), "x86_64", "6.12.0", true, FEATURES, Map.of());
        bus = threads.connect(NatsSettings.of(String.join(",", config.natsUrls()), "node-agent"));
        agent = new Agent(config, datapath, () -> facts, () -> network, Clock.systemUTC());
        agent.restore(System.currentTimeMillis());
        Agent rung = agent;
        bus.connection().createDispatcher(message -> rung.ring()).subscribe(Subjects.doorbell(id));
        agent.follow(bus, new VerifiedObjects(bus));
    }

    /** As SIGKILL does: its connection ends in the middle of whatever it was doing, and nothing more is said. */
    synchronized void kill() {
        try {
            bus.connection().close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close();
    }

    /** Cuts the connection; the agent finds its way back by itself. */
    synchronized void cut() {
        try {
            bus.connection().forceReconnect();
        } catch (IOException e) {
            throw new IllegalStateException("the connection of %s cannot be cut".formatted(id), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The table in force. */
    RuleTable table() {
        return datapath.table();
    }

    /** The version of a policy that is in force here; empty when none is. */
    Optional<Long> version(String policy) {
        return table().policies().stream()
                .filter(ref -> ref.id().value().equals(policy))
                .map(PolicyRef::version)
                .findFirst();
    }

    /** Whether the table has the rule about the workloads that the role serves; it is left out while there are none. */
    boolean hasRuleOfServed() {
        return table().rules().stream().anyMatch(rule -> rule.ruleId().equals(FleetWorld.SERVED));
    }

    @Override
    public synchronized void close() {
        if (agent != null) {
            agent.close();
            bus.close();
            agent = null;
        }
    }
}
