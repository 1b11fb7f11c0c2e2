package io.aegisflux.segmentation.agent;

import io.aegisflux.segmentation.agent.config.AgentConfig;
import io.aegisflux.segmentation.agent.config.Environment;
import io.aegisflux.segmentation.agent.domain.DomainFixtures;
import io.aegisflux.segmentation.agent.domain.HostFacts;
import io.aegisflux.segmentation.agent.domain.HostNetwork;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyUpdate;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.NatsSettings;
import io.aegisflux.segmentation.nats.VerifiedObjects;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An agent over a real broker whose kernel is recorded; it can be stopped, killed and started again. */
final class AgentBench implements AutoCloseable {
    final HostId host;
    final Path stateDir;
    final RecordingDatapath.Kernel kernel = new RecordingDatapath.Kernel();
    private final Map<String, String> variables = new HashMap<>();
    RecordingDatapath datapath;
    volatile HostNetwork.Seen network = HostNetwork.Seen.NOTHING;
    Agent agent;
    private Bus bus;

    AgentBench(String url, String hostId, Path directory) {
        host = new HostId(hostId);
        stateDir = directory.resolve("state-" + hostId);
        DomainFixtures.signer(directory, "policy");
        DomainFixtures.signer(directory, "artifact");
        variables.putAll(Map.of(
                "AGENT_HOST_ID",
                hostId,
                "AGENT_INTERFACES",
                "eth0",
                "AGENT_POLL_INTERVAL",
                "1h",
                "AGENT_STATE_DIR",
                stateDir.toString(),
                "AGENT_POLICY_KEYS",
                DomainFixtures.publicKey(directory, "policy").toString(),
                "AGENT_ARTIFACT_KEYS",
                DomainFixtures.publicKey(directory, "artifact").toString(),
                "NATS_URL",
                url));
    }

    AgentBench with(String variable, String value) {
        variables.put(variable, value);
        return this;
    }

    AgentBench start() {
        AgentConfig config = new Environment(variables::get).agent();
        bus = Bus.connect(NatsSettings.of(String.join(",", config.natsUrls()), "node-agent"));
        datapath = new RecordingDatapath(kernel);
        HostFacts facts = new HostFacts(
                "host-of-tests",
                ControlPlaneDouble.ARCHITECTURE,
                "6.18.0",
                true,
                Map.of("tcx", true),
                Map.of("rules_max", RecordingDatapath.CAPACITY));
        agent = new Agent(config, datapath, () -> facts, () -> network, Clock.systemUTC());
        agent.restore(System.currentTimeMillis());
        agent.follow(bus, new VerifiedObjects(bus));
        return this;
    }

    /** Rings the agent when its doorbell is published, as the channel does in the packaged service. */
    AgentBench listening() {
        bus.connection().createDispatcher(message -> agent.ring()).subscribe(Subjects.doorbell(host));
        return this;
    }

    void stop() {
        if (agent != null) {
            agent.close();
            bus.close();
            agent = null;
        }
    }

    List<SystemEvent> system(ControlPlaneDouble control, String type) {
        return control.read(Streams.SYSTEM, Subjects.system(host), SystemEvent.class).stream()
                .filter(event -> event.eventType().equals(type))
                .toList();
    }

    List<PolicyUpdate> updates(ControlPlaneDouble control) {
        return control.read(Streams.POLICY_UPDATES, Subjects.policyUpdates(host), PolicyUpdate.class);
    }

    @Override
    public void close() {
        stop();
    }
}
