package io.aegisflux.segmentation.e2e.fleet;

import io.aegisflux.segmentation.contracts.SigningKeys;
import io.aegisflux.segmentation.harness.Directories;
import io.aegisflux.segmentation.harness.ImageOptions;
import io.aegisflux.segmentation.harness.NatsBinary;
import io.aegisflux.segmentation.harness.NatsServer;
import io.aegisflux.segmentation.harness.ServiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;

/**
 * nats-server, policy-service and builder-service as processes, and the hosts of a {@link FleetWorld} in this one. What the
 * agents persist lies in memory: a thousand hosts have a thousand disks, and this machine has one.
 */
final class Fleet implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Path MEMORY = Path.of("/dev/shm");

    private final Path directory;
    private final Path disks;
    private final int monitoring = NatsServer.freePort();
    private final NatsServer nats;
    private final ServiceProcess builder;
    private final FleetThreads threads = new FleetThreads();
    private final List<FleetHost> hosts;
    private ServiceProcess policyService;

    private Fleet(FleetWorld world, Path directory) {
        this.directory = directory;
        try {
            Files.createDirectories(directory);
            this.disks =
                    Files.createTempDirectory(Files.isWritable(MEMORY) ? MEMORY : directory, "segmentation-fleet-");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot prepare " + directory, e);
        }
        // Made before anyone starts: services and agents read each other's public key when they start.
        SigningKeys.signer(key("policy"));
        SigningKeys.signer(key("artifact"));
        nats = NatsServer.start(
                NatsBinary.find(),
                "127.0.0.1",
                NatsServer.freePort(),
                "http: \"127.0.0.1:%d\"".formatted(monitoring),
                directory.resolve("nats"));
        policyService = beginPolicyService();
        builder = service(
                "builder-service",
                Map.of(
                        "ARTIFACT_SIGNING_KEY",
                        key("artifact").toString(),
                        "BUILD_OUTPUT_DIR",
                        directory.resolve("builds").toString()));
        hosts = IntStream.range(0, world.hosts())
                .mapToObj(number -> host(world, number))
                .toList();
    }

    /** Starts broker and services, and no host yet. */
    static Fleet start(FleetWorld world, Path directory) {
        Logger.getLogger("")
                .setLevel(Level.SEVERE); // a thousand agents tell the log what a thousand journals would take
        Fleet fleet = new Fleet(world, directory);
        try {
            fleet.policyService.awaitReady(PATIENCE);
            fleet.builder.awaitReady(PATIENCE);
        } catch (RuntimeException e) {
            fleet.close();
            throw e;
        }
        return fleet;
    }

    /** Starts the agents of all hosts, a few at a time, as an installation does. */
    void startHosts() {
        each(FleetHost::start);
    }

    /** Starts policy-service again after its end; does not wait. */
    ServiceProcess startPolicyService() {
        policyService = beginPolicyService();
        return policyService;
    }

    NatsServer nats() {
        return nats;
    }

    BrokerFigures broker() {
        return BrokerFigures.read(monitoring);
    }

    ServiceProcess policyService() {
        return policyService;
    }

    List<FleetHost> hosts() {
        return hosts;
    }

    FleetHost host(int number) {
        return hosts.get(number);
    }

    @Override
    public void close() {
        each(FleetHost::kill);
        threads.close();
        policyService.close();
        builder.close();
        nats.close();
        Directories.delete(disks);
    }

    private void each(java.util.function.Consumer<FleetHost> what) {
        try (ExecutorService some = Executors.newFixedThreadPool(16)) {
            hosts.forEach(host -> some.execute(() -> what.accept(host)));
        }
    }

    private FleetHost host(FleetWorld world, int number) {
        var id = FleetWorld.host(number);
        return new FleetHost(
                id,
                Map.of(
                        "NATS_URL",
                        nats.url(),
                        "AGENT_HOST_ID",
                        id.value(),
                        "AGENT_INTERFACES",
                        "eth0",
                        "AGENT_STATE_DIR",
                        disks.resolve(id.value()).toString(),
                        "AGENT_LABELS",
                        FleetWorld.labels(world.role(number)),
                        "AGENT_POLICY_KEYS",
                        key("policy") + ".pub",
                        "AGENT_ARTIFACT_KEYS",
                        key("artifact") + ".pub"),
                FleetWorld.address(number),
                threads);
    }

    private ServiceProcess beginPolicyService() {
        return service(
                "policy-service",
                Map.of("POLICY_SIGNING_KEY", key("policy").toString(), "ARTIFACT_KEYS", key("artifact") + ".pub"));
    }

    private ServiceProcess service(String module, Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("NATS_URL", nats.url());
        List<String> options = new ArrayList<>(ImageOptions.of(module));
        options.add("-Xmx384m"); // what the target for policy-service's memory allows
        return ServiceProcess.start(module, options, all, directory.resolve(module + ".log"));
    }

    private Path key(String role) {
        return directory.resolve("keys").resolve(role + ".pem");
    }
}
