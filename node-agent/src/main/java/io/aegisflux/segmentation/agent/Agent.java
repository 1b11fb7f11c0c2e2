package io.aegisflux.segmentation.agent;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.config.AgentConfig;
import io.aegisflux.segmentation.agent.config.Environment;
import io.aegisflux.segmentation.agent.domain.ArtifactGate;
import io.aegisflux.segmentation.agent.domain.Datapath;
import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.agent.domain.DecisionAggregator;
import io.aegisflux.segmentation.agent.domain.DesiredStateGate;
import io.aegisflux.segmentation.agent.domain.FlowSample;
import io.aegisflux.segmentation.agent.domain.HostFacts;
import io.aegisflux.segmentation.agent.domain.HostNetwork;
import io.aegisflux.segmentation.agent.domain.HostProbe;
import io.aegisflux.segmentation.agent.domain.TimeOrderedIds;
import io.aegisflux.segmentation.agent.enforcement.Enforcement;
import io.aegisflux.segmentation.agent.enforcement.Standing;
import io.aegisflux.segmentation.agent.messaging.BrokerAddresses;
import io.aegisflux.segmentation.agent.messaging.BusLink;
import io.aegisflux.segmentation.agent.messaging.BusReports;
import io.aegisflux.segmentation.agent.messaging.BusWatch;
import io.aegisflux.segmentation.agent.messaging.Capabilities;
import io.aegisflux.segmentation.agent.messaging.FlowEvents;
import io.aegisflux.segmentation.agent.messaging.FlowLog;
import io.aegisflux.segmentation.agent.messaging.Metrics;
import io.aegisflux.segmentation.agent.messaging.NatsControlPlane;
import io.aegisflux.segmentation.agent.messaging.ProbeEndpoint;
import io.aegisflux.segmentation.agent.messaging.Telemetry;
import io.aegisflux.segmentation.agent.messaging.WorkloadsFile;
import io.aegisflux.segmentation.agent.state.StateDirectory;
import io.aegisflux.segmentation.contracts.BuildSpec;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.VerifiedObjects;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One agent: enforcement on one side, the bus on the other. Enforcement comes first at the start and does not need the
 * bus; at the end what is enforced stays enforced.
 */
public final class Agent implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("node-agent");
    private static final Duration FLUSH = Duration.ofSeconds(3);

    private final AgentConfig config;
    private final BusLink bus = new BusLink();
    private final HostFacts facts;
    private final InstantSource clock;
    private final BusReports reports;
    private final FlowEvents events;
    private final FlowLog flows;
    private final Enforcement enforcement;
    private final Capabilities capabilities;
    private final Metrics metrics;
    private final Telemetry telemetry;
    private final ProbeEndpoint probes;
    private final BusWatch watch;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile Started started = new Started("not started", 0);

    /**
     * @param config checked by {@link AgentConfig#requireRunnable()}
     * @param datapath owned by the agent from now on
     */
    public Agent(AgentConfig config, Datapath datapath, HostProbe probe, HostNetwork network, InstantSource clock) {
        this.config = config.requireRunnable();
        this.clock = requireNonNull(clock, "clock is null");
        this.facts = probe.probe();
        TimeOrderedIds ids = new TimeOrderedIds();
        reports = new BusReports(config.hostId(), bus, ids, clock);
        events = new FlowEvents(config.hostId(), bus, new DecisionAggregator(config.hostId(), ids));
        flows = new FlowLog(config.hostId(), bus, this::flowSample, ids, clock);
        datapath.onDecision(decision -> {
            events.accept(decision);
            flows.accept(decision);
        });
        BrokerAddresses peers = new BrokerAddresses(config.natsUrls(), config.failsafe());
        enforcement = new Enforcement(
                new Enforcement.Ports(
                        datapath,
                        new NatsControlPlane(config.hostId(), bus),
                        new StateDirectory(config.stateDir()),
                        reports),
                new DesiredStateGate(config.hostId(), Environment.verifier("AGENT_POLICY_KEYS", config.policyKeys())),
                new ArtifactGate(
                        Environment.verifier("AGENT_ARTIFACT_KEYS", config.artifactKeys()), facts.architecture()),
                new BuildSpec(
                        "datapath",
                        "default",
                        facts.architecture(),
                        config.hostId().value()),
                peers::literals,
                peers::resolve,
                config.pollInterval(),
                config.confirmWithin(),
                clock);
        capabilities = new Capabilities(
                config.hostId(),
                facts,
                config.labels(),
                network,
                config.posture(),
                new WorkloadsFile(config.workloads()),
                this::hooks,
                reports,
                clock);
        metrics = new Metrics(config.hostId(), bus);
        telemetry = new Telemetry(
                events,
                flows,
                metrics,
                this::sample,
                capabilities,
                reports,
                config.metricsInterval(),
                config.flowInterval(),
                clock);
        probes = new ProbeEndpoint(config.hostId(), bus, this::probe, clock);
        watch = new BusWatch(bus, this::connected);
        datapath.onNetworkChange(this::networkChanged);
    }

    /**
     * Takes over what is enforced; needs no bus.
     *
     * @param processStartMillis when the process began, for the figure in the log and in the status
     */
    public void restore(long processStartMillis) {
        String found = enforcement.restore();
        started = new Started(found, clock.millis() - processStartMillis);
        LOG.log(
                Level.INFO,
                () -> "host %s: %s, %d ms after the start".formatted(config.hostId(), found, started.readyMillis));
    }

    /** Begins to follow a bus, connected or not yet, and to tell it. The bus stays the caller's. */
    public void follow(Bus theBus, VerifiedObjects objects) {
        bus.attach(theBus, objects);
        enforcement.follow();
        reports.start();
        events.start();
        flows.start();
        telemetry.start();
        watch.start();
    }

    /** The doorbell rang. Returns at once. */
    public void ring() {
        enforcement.ring();
    }

    /** One sentence about the connection. */
    public String busState() {
        return bus.state();
    }

    public Standing standing() {
        return enforcement.standing();
    }

    public HostId hostId() {
        return config.hostId();
    }

    /** The last published figures. */
    public Metrics metrics() {
        return metrics;
    }

    public AgentStatus status() {
        Metrics.Sample sample;
        try {
            sample = sample();
        } catch (DatapathException | IllegalStateException e) {
            sample = metrics.last();
        }
        return StatusPage.of(config, facts, standing(), sample, bus, started, this);
    }

    long buffered() {
        return events.outbox().size() + reports.outbox().size();
    }

    long dropped() {
        return events.lostHere() + reports.outbox().dropped();
    }

    /** Sends what is left, then lets go of the datapath: pins and programs stay. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        telemetry.close();
        watch.close();
        probes.close();
        flows.record();
        enforcement.close();
        events.close(FLUSH);
        flows.close(FLUSH);
        reports.close(FLUSH);
        LOG.log(
                Level.INFO,
                "host {0}: the agent stops, what is enforced stays",
                config.hostId().value());
    }

    private void networkChanged() {
        enforcement.look();
        telemetry.look();
    }

    private void connected() {
        capabilities.report();
        enforcement.ring();
        probes.start();
    }

    private Map<String, String> hooks() {
        try {
            return enforcement.lane().call(Datapath::hooks);
        } catch (DatapathException e) {
            return Map.of();
        }
    }

    private Optional<ProbeEndpoint.Answer> probe(PacketTuple packet) throws DatapathException {
        return enforcement
                .lane()
                .call(datapath -> datapath.running().isEmpty()
                        ? Optional.empty()
                        : Optional.of(new ProbeEndpoint.Answer(datapath.probe(packet), datapath.hooks())));
    }

    private FlowSample flowSample() throws DatapathException {
        return enforcement.lane().call(Datapath::flows);
    }

    private Metrics.Sample sample() throws DatapathException {
        return enforcement
                .lane()
                .call(datapath -> new Metrics.Sample(
                        datapath.counters(),
                        datapath.running(),
                        datapath.hooks(),
                        enforcement.table(),
                        events.lostHere()));
    }

    /**
     * @param found what the start found
     * @param readyMillis from the start of the process until then
     */
    record Started(String found, long readyMillis) {}
}
