package io.aegisflux.segmentation.agent;

import static io.aegisflux.segmentation.agent.domain.DomainFixtures.publicKey;
import static io.aegisflux.segmentation.agent.domain.DomainFixtures.table;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.agent.domain.DomainFixtures;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.NatsServer;
import io.aegisflux.segmentation.harness.ServiceProcess;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.NatsSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged agent as a process: its start, its HTTP, its channel, its end. It loads no program here. */
class AgentProcessIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private final HostId host = new HostId("process-1");
    private final Map<String, String> environment = new HashMap<>();
    private NatsServer nats;
    private ServiceProcess agent;
    private int http;

    @BeforeEach
    void configure() {
        nats = NatsServer.start();
        http = NatsServer.freePort();
        DomainFixtures.signer(directory, "policy");
        DomainFixtures.signer(directory, "artifact");
        environment.putAll(Map.of(
                "NATS_URL",
                nats.url(),
                "AGENT_HOST_ID",
                host.value(),
                "AGENT_HTTP_ADDR",
                "127.0.0.1:" + http,
                "AGENT_POLL_INTERVAL",
                "1h",
                "AGENT_INTERFACES",
                "lo",
                "AGENT_XDP",
                "off",
                "AGENT_STATE_DIR",
                directory.resolve("state").toString(),
                "AGENT_PIN_DIR",
                "/sys/fs/bpf/aegisflux-process-it",
                "AGENT_POLICY_KEYS",
                publicKey(directory, "policy").toString(),
                "AGENT_ARTIFACT_KEYS",
                publicKey(directory, "artifact").toString()));
    }

    @AfterEach
    void stop() {
        if (agent != null) {
            agent.close();
        }
        nats.close();
    }

    private ServiceProcess start() {
        agent = ServiceProcess.start(
                List.of(),
                "node-agent",
                List.of("-Xmx96m"),
                environment,
                "http://127.0.0.1:" + http,
                directory.resolve("agent.log"));
        return agent;
    }

    private JsonNode status() throws IOException {
        return Wire.mapper().readTree(agent.get("/status"));
    }

    @Test
    void isReadyWithoutABrokerAndMakesItselfKnownWhenOneComes() throws IOException {
        nats.stop();
        start().awaitReady(PATIENCE);
        assertThat(Wire.mapper().readTree(agent.get("/healthz")).path("reason").asText())
                .contains("no desired state was accepted yet");
        JsonNode status = status();
        assertThat(status.path("host_id").asText()).isEqualTo("process-1");
        assertThat(status.path("state").asText()).isEqualTo("waiting");
        assertThat(status.path("nats_connected").asBoolean()).isFalse();
        assertThat(status.path("kernel").asText()).isEqualTo(kernelRelease());
        assertThat(agent.get("/q/metrics"))
                .contains("segmentation_packets_total{hook=\"tc_ingress\",host=\"process-1\",verdict=\"dropped\"} 0.0");
        System.out.printf(
                "agent ready after %d ms, resident %d KiB%n",
                status.path("ready_millis").asLong(), residentKib(agent.pid()));

        nats.startAgain();
        try (ControlPlaneDouble control =
                new ControlPlaneDouble(Bus.connect(NatsSettings.of(nats.url(), "test")), directory)) {
            await().atMost(PATIENCE).untilAsserted(() -> {
                List<SystemEvent> reports =
                        control.read(Streams.SYSTEM, Subjects.system(host), SystemEvent.class).stream()
                                .filter(event -> event.eventType().equals(SystemEvent.CAPABILITY_REPORT))
                                .toList();
                assertThat(reports).isNotEmpty();
                CapabilityReport report =
                        Wire.mapper().convertValue(reports.getLast().metadata().get("report"), CapabilityReport.class);
                assertThat(report.kernelVersion()).isEqualTo(kernelRelease());
                assertThat(report.bpfFeatures()).isNotEmpty();
            });
        }
    }

    @Test
    void hearsItsDoorbell() throws IOException {
        start().awaitReady(PATIENCE);
        try (ControlPlaneDouble control =
                new ControlPlaneDouble(Bus.connect(NatsSettings.of(nats.url(), "test")), directory)) {
            await().atMost(PATIENCE).until(() -> status().path("nats_connected").asBoolean());
            control.desire(host, 1, 1, table("first"), null);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(agent.get("/healthz")).contains("no artifact has been built"));
            control.publish(host, "not an envelope".getBytes(UTF_8));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(
                                    status().path("last_refusal").path("reason").asText())
                            .isEqualTo("MALFORMED"));
        }
    }

    @Test
    void endsSoonAndInOrderWhenItIsToldTo() {
        start().awaitReady(PATIENCE);
        long before = System.nanoTime();
        agent.close();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(9));
        assertThat(agent.awaitEnd()).isEqualTo(143);
        assertThat(directory.resolve("agent.log")).content().contains("what is enforced stays");
    }

    @Test
    void endsWithOneLineWhenASettingCannotBeMeant() throws IOException {
        environment.put("AGENT_XDP", "fast");
        assertThat(start().awaitEnd()).isEqualTo(78);
        assertThat(Files.readAllLines(directory.resolve("agent.log")))
                .containsExactly("node-agent: AGENT_XDP is \"fast\": write auto, native, generic or off");
    }

    @Test
    void purgeForgetsWhatTheAgentRemembered() throws IOException {
        Path mark = directory.resolve("state/high-water.json");
        Files.createDirectories(mark.getParent());
        Files.writeString(mark, "{\"epoch\":1,\"revision\":1,\"table_digest\":\"" + "a".repeat(64) + "\"}");
        environment.put("AGENT_COMMAND", "purge");
        environment.put("AGENT_POLICY_KEYS", "/gone/with/its/volume.pub");
        assertThat(start().awaitEnd()).isZero();
        assertThat(mark).doesNotExist();
        assertThat(Path.of("/sys/fs/bpf/aegisflux-process-it")).doesNotExist();
    }

    private static String kernelRelease() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
    }

    private static long residentKib(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }
}
