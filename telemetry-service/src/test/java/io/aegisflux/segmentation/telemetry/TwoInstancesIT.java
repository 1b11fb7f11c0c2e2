package io.aegisflux.segmentation.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.TelemetryFlows;
import io.aegisflux.segmentation.harness.NatsServer;
import io.aegisflux.segmentation.harness.ServiceProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two instances of the packaged service: every plain subscriber hears everything once. */
class TwoInstancesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private NatsServer nats;
    private FleetDouble fleet;
    private List<ServiceProcess> instances;

    @BeforeEach
    void start() {
        nats = NatsServer.start();
        fleet = new FleetDouble(nats.url());
        instances = Stream.of("one", "other")
                .map(name -> ServiceProcess.start(
                        "telemetry-service", Map.of("NATS_URL", nats.url()), directory.resolve(name + ".log")))
                .toList();
        instances.forEach(instance -> instance.awaitReady(PATIENCE));
        await().atMost(PATIENCE).until(() -> publishers().size() == 1);
    }

    @AfterEach
    void stop() {
        instances.forEach(ServiceProcess::close);
        fleet.close();
        nats.close();
    }

    private List<ServiceProcess> publishers() {
        return instances.stream()
                .filter(ServiceProcess::isAlive)
                .filter(instance -> instance.get("/q/health/ready").contains("\"publishing\": true"))
                .toList();
    }

    /** Events and metrics for some seconds. */
    private long traffic(int events) throws InterruptedException {
        for (int i = 0; i < events; i++) {
            fleet.drop("host-" + i % 3, 1_000 + i % 7, 1 + i % 2);
            if (i % 10 == 0) {
                fleet.metrics("host-" + i % 3, 100 + i, node -> {});
            }
            Thread.sleep(40);
        }
        return events + events / 2;
    }

    private void awaitDecisions(long decisions) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fleet.windows.stream()
                                .mapToLong(TelemetryFlows::dropped)
                                .sum())
                        .isEqualTo(decisions));
    }

    private void assertNothingTwice() {
        fleet.assertNoWindowTwice();
        assertThat(fleet.summaries)
                .extracting(summary -> summary.timestamp().getEpochSecond())
                .doesNotHaveDuplicates();
    }

    @Test
    void speakWithOneVoiceAndKnowTheSame() throws Exception {
        long decisions = traffic(150);
        awaitDecisions(decisions);
        assertNothingTwice();
        assertThat(publishers()).hasSize(1);
        for (ServiceProcess instance : instances) {
            Scrape scrape = Scrape.of(instance);
            assertThat(scrape.value("segmentation_decisions_total{verdict=\"dropped\",}"))
                    .hasValue(decisions);
            assertThat(scrape.series("segmentation_node_policy_revision")).hasSize(3);
        }
    }

    @Test
    void loseAndDoubleNothingWhenTheSpeakerIsKilled() throws Exception {
        long decisions = traffic(60);
        await().atMost(PATIENCE).until(() -> !fleet.windows.isEmpty());
        ServiceProcess speaker = publishers().getFirst();
        CompletableFuture<Void> killed = CompletableFuture.runAsync(
                speaker::kill, CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS)); // while events come
        int before = fleet.summaries.size();
        decisions += traffic(90);
        killed.join();
        awaitDecisions(decisions);
        await().atMost(PATIENCE).until(() -> fleet.summaries.size() > before);
        assertNothingTwice();
        assertThat(publishers()).hasSize(1).doesNotContain(speaker);
        assertThat(Scrape.of(publishers().getFirst()).value("segmentation_decisions_total{verdict=\"dropped\",}"))
                .hasValue(decisions);
    }
}
