package io.aegisflux.segmentation.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.TelemetryFlows;
import io.aegisflux.segmentation.harness.Command;
import io.aegisflux.segmentation.harness.NatsServer;
import io.aegisflux.segmentation.harness.ServiceProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Instances of the packaged service: they share the hosts, and every plain subscriber hears everything once. */
class SeveralInstancesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private NatsServer nats;
    private FleetDouble fleet;
    private final List<ServiceProcess> instances = new ArrayList<>();

    @BeforeEach
    void start() {
        nats = NatsServer.start();
        fleet = new FleetDouble(nats.url());
        Stream.of("one", "other").forEach(this::startInstance);
        instances.forEach(instance -> instance.awaitReady(PATIENCE));
        await().atMost(PATIENCE).until(() -> publishers().size() == 1);
        awaitShares(8, 8);
    }

    private void startInstance(String name) {
        instances.add(ServiceProcess.start(
                "telemetry-service", Map.of("NATS_URL", nats.url()), directory.resolve(name + ".log")));
    }

    /** Waits until those that are alive share all partitions, so many each. */
    private void awaitShares(Integer... sizes) {
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
            List<Set<Integer>> shares = instances.stream()
                    .filter(ServiceProcess::isAlive)
                    .map(SeveralInstancesIT::partitions)
                    .toList();
            assertThat(shares).extracting(Set::size).containsExactlyInAnyOrder(sizes);
            assertThat(shares.stream().flatMap(Set::stream)).doesNotHaveDuplicates();
        });
    }

    private static Set<Integer> partitions(ServiceProcess instance) {
        Matcher shown = Pattern.compile("\"partitions\": \"\\[([0-9, ]*)]\"").matcher(instance.get("/q/health/ready"));
        assertThat(shown.find()).isTrue();
        return Arrays.stream(shown.group(1).split(", "))
                .filter(partition -> !partition.isEmpty())
                .map(Integer::valueOf)
                .collect(Collectors.toSet());
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
            fleet.drop("host-" + i % 40, 1_000 + i % 7, 1 + i % 2);
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
    void readEachHostOnce() {
        for (int host = 0; host < 64; host++) {
            fleet.publish(Subjects.EVENTS + "host-" + host, "no event".getBytes(StandardCharsets.UTF_8));
        }
        await().atMost(PATIENCE).untilAsserted(() -> {
            List<Double> refused =
                    instances.stream().map(SeveralInstancesIT::refused).toList();
            assertThat(refused).allMatch(part -> part > 0);
            assertThat(refused.stream().mapToDouble(part -> part).sum()).isEqualTo(64);
        });
        for (ServiceProcess instance : instances) {
            assertThat(Scrape.of(instance).value("segmentation_partitions")).hasValue(8);
        }
    }

    private static double refused(ServiceProcess instance) {
        return Scrape.of(instance)
                .value("segmentation_refused_messages_total{reason=\"malformed\",stream=\"SEGMENTATION_EVENTS\",}")
                .orElseThrow();
    }

    @Test
    void loseAndDoubleNothingWhenOneJoinsAndOneLeaves() throws Exception {
        long decisions = traffic(30);
        startInstance("third");
        decisions += traffic(60);
        awaitShares(5, 5, 6);
        decisions += traffic(30);
        instances.get(1).close();
        decisions += traffic(30);
        awaitShares(8, 8);
        awaitDecisions(decisions);
        assertNothingTwice();
    }

    @Test
    void loseAndDoubleNothingWhenOneIsStoppedForAWhileAndGoesOn() throws Exception {
        ServiceProcess stopped = instances.getFirst();
        long decisions = traffic(30);
        signal(stopped, "STOP");
        try {
            decisions += traffic(200); // the other takes over its partitions meanwhile
            awaitDecisions(decisions);
        } finally {
            signal(stopped, "CONT");
        }
        decisions += traffic(60);
        awaitShares(8, 8);
        awaitDecisions(decisions);
        assertNothingTwice();
    }

    private static void signal(ServiceProcess instance, String name) {
        Command.run("kill", "-" + name, Long.toString(instance.pid()));
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
        awaitShares(16);
        assertThat(Scrape.of(publishers().getFirst()).value("segmentation_decisions_total{verdict=\"dropped\",}"))
                .hasValue(decisions);
    }
}
