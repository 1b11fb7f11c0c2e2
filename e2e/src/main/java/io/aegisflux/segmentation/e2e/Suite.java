package io.aegisflux.segmentation.e2e;

import io.aegisflux.segmentation.contracts.SigningKeys;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.e2e.Playground.Place;
import io.aegisflux.segmentation.harness.ImageOptions;
import io.aegisflux.segmentation.harness.NatsBinary;
import io.aegisflux.segmentation.harness.NatsServer;
import io.aegisflux.segmentation.harness.ServiceProcess;
import io.aegisflux.segmentation.harness.WebSocketAccess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * nats-server, the three services and one agent for each host of a {@link Playground}, all as processes of their own.
 * Keys, state and logs lie below one directory.
 */
final class Suite implements AutoCloseable {
    static final int NATS_PORT = 4222;
    private static final int WEBSOCKET_PORT = 9222;

    /** A busy machine takes minutes for what takes seconds else: clang, for the first agent. */
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private final Playground playground;
    private final Path directory;
    private final int dashboardPort = NatsServer.freePort();
    private final NatsServer nats;
    private final Function<String, List<String>> jvmOptions;
    private final Map<String, ServiceProcess> processes = new ConcurrentHashMap<>();

    private Suite(Playground playground, Path directory, Function<String, List<String>> jvmOptions) {
        this.playground = playground;
        this.jvmOptions = jvmOptions;
        this.directory = directory;
        try {
            Files.createDirectories(directory.resolve("logs"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + directory, e);
        }
        // Made before anyone starts: policy-service and the agents read the builder's public key when they start.
        SigningKeys.signer(key("policy"));
        SigningKeys.signer(key("artifact"));
        nats = NatsServer.start(
                NatsBinary.find(),
                playground.addressHere(),
                NATS_PORT,
                access(WebSocketAccess.VIEWER),
                directory.resolve("nats"));
    }

    /** Starts nats-server alone; the services follow by {@link #startServices()} and {@link #startAgents()}. */
    static Suite start(Playground playground, Path directory) {
        return new Suite(playground, directory, module -> List.of());
    }

    /** As {@link #start}, the services with the JVM's options of their images. */
    static Suite startAsImages(Playground playground, Path directory) {
        return new Suite(playground, directory, ImageOptions::of);
    }

    /** Starts policy-service, builder-service and telemetry-service, and waits until they are ready. */
    void startServices() {
        startPolicyService();
        processes.put(
                "builder-service",
                service(
                        "builder-service",
                        Map.of(
                                "ARTIFACT_SIGNING_KEY",
                                key("artifact").toString(),
                                "BUILD_OUTPUT_DIR",
                                directory.resolve("builds").toString())));
        processes.put(
                "telemetry-service",
                service(
                        "telemetry-service",
                        Map.of(
                                "QUARKUS_HTTP_PORT",
                                Integer.toString(dashboardPort),
                                "SEGMENTATION_DASHBOARD_NATS_URL",
                                "ws://%s:%d".formatted(playground.addressHere(), WEBSOCKET_PORT))));
        processes.values().forEach(process -> process.awaitReady(PATIENCE));
    }

    /** Starts policy-service, again after it was killed. */
    void startPolicyService() {
        processes.put(
                "policy-service",
                service(
                        "policy-service",
                        Map.of(
                                "POLICY_SIGNING_KEY",
                                key("policy").toString(),
                                "ARTIFACT_KEYS",
                                key("artifact") + ".pub")));
    }

    /** Starts the agents of both hosts and waits until they enforce. */
    void startAgents() {
        startAgent(playground.hostA(), List.of(playground.web(), playground.api()), "role=front");
        startAgent(playground.hostB(), List.of(playground.db()), "role=data");
        awaitAgent(playground.hostA());
        awaitAgent(playground.hostB());
    }

    /** Starts the agent of a host, again after it was killed. */
    void startAgent(Host host) {
        if (host.equals(playground.hostA())) {
            startAgent(host, List.of(playground.web(), playground.api()), "role=front");
        } else {
            startAgent(host, List.of(playground.db()), "role=data");
        }
    }

    /** As whom pages of the dashboard come in once nats-server is started again. */
    void letPagesInAs(String user) {
        nats.configure(access(user));
    }

    /** Waits until the agent says that it enforces what it was told. */
    void awaitAgent(Host host) {
        processes.get(host.id()).awaitOk("/healthz", PATIENCE);
    }

    ServiceProcess process(String name) {
        return processes.get(name);
    }

    NatsServer nats() {
        return nats;
    }

    Path logs() {
        return directory.resolve("logs");
    }

    /** Process ids of all that runs, for whoever stops it later. */
    List<Long> pids() {
        List<Long> pids = new ArrayList<>();
        processes.values().forEach(process -> pids.add(process.pid()));
        pids.add(nats.pid());
        return pids;
    }

    @Override
    public void close() {
        processes.values().parallelStream().forEach(ServiceProcess::close);
        nats.close();
    }

    private void startAgent(Host host, List<Place> places, String labels) {
        Path home = directory.resolve(host.id());
        Path workloads = home.resolve("workloads.json");
        try {
            Files.createDirectories(home);
            Files.write(
                    workloads, Wire.write(places.stream().map(Suite::workload).toList()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot prepare " + home, e);
        }
        Map<String, String> environment = Map.ofEntries(
                Map.entry("NATS_URL", nats.url()),
                Map.entry("AGENT_HOST_ID", host.id()),
                Map.entry("AGENT_HTTP_ADDR", "0.0.0.0:8080"),
                Map.entry("AGENT_INTERFACES", "eth0"),
                Map.entry("AGENT_CGROUP", host.cgroup().toString()),
                Map.entry("AGENT_STATE_DIR", home.resolve("state").toString()),
                Map.entry("AGENT_PIN_DIR", playground.pins().resolve(host.id()).toString()),
                Map.entry("AGENT_FLOW_INTERVAL", "1s"),
                Map.entry("AGENT_LABELS", labels),
                Map.entry("AGENT_WORKLOADS", workloads.toString()),
                Map.entry("AGENT_FAILSAFE", playground.addressHere() + "/32"),
                Map.entry("AGENT_POLICY_KEYS", key("policy") + ".pub"),
                Map.entry("AGENT_ARTIFACT_KEYS", key("artifact") + ".pub"));
        processes.put(
                host.id(),
                ServiceProcess.start(
                        host.namespace().enter(),
                        "node-agent",
                        jvmOptions.apply("node-agent"),
                        environment,
                        "http://%s:8080".formatted(host.ipv4()),
                        logs().resolve(host.id() + ".log")));
    }

    private String access(String user) {
        return WebSocketAccess.configuration(
                playground.addressHere(), WEBSOCKET_PORT, "http://127.0.0.1:" + dashboardPort, user);
    }

    private static Workload workload(Place place) {
        return new Workload(place.name(), Map.of("app", place.name()), List.of(place.ipv4(), place.ipv6()));
    }

    private ServiceProcess service(String module, Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("NATS_URL", nats.url());
        return ServiceProcess.start(module, jvmOptions.apply(module), all, logs().resolve(module + ".log"));
    }

    private Path key(String role) {
        return directory.resolve("keys").resolve(role + ".pem");
    }
}
