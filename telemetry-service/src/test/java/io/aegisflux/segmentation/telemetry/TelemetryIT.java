package io.aegisflux.segmentation.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.Examples;
import io.aegisflux.segmentation.contracts.FlowEnd;
import io.aegisflux.segmentation.contracts.FlowRow;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.TelemetryApi;
import io.aegisflux.segmentation.contracts.TelemetryFlows;
import io.aegisflux.segmentation.contracts.TelemetrySummary;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.NatsServerExtension;
import io.aegisflux.segmentation.harness.ServiceProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service over a real broker: messages in, messages out. policy-service is not there. */
class TelemetryIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @RegisterExtension
    static final NatsServerExtension NATS = new NatsServerExtension();

    @TempDir
    static Path directory;

    private static FleetDouble fleet;
    private static ServiceProcess service;

    @BeforeAll
    static void start() {
        fleet = new FleetDouble(NATS.url());
        service = ServiceProcess.start(
                        "telemetry-service", java.util.Map.of("NATS_URL", NATS.url()), directory.resolve("service.log"))
                .awaitReady(Duration.ofSeconds(60));
    }

    @AfterAll
    static void stop() {
        service.close();
        fleet.close();
    }

    @Test
    void makesFlowsOfTheExampleEvents() {
        fleet.publish("segmentation.events.host-b", Examples.read("event-packet-dropped"));
        fleet.publish("segmentation.events.host-a", Examples.read("event-connection-blocked"));
        fleet.publish("segmentation.events.host-b", Examples.read("event-audited"));
        await().atMost(PATIENCE)
                .until(() -> fleet.heard("host-b", 5432) == 1
                        && fleet.heard("host-a", 23) == 1
                        && fleet.heard("host-b", 8080) == 12);
        FlowRow row = fleet.windows.stream()
                .flatMap(window -> window.flows().stream())
                .filter(flow -> flow.destPort() == 5432 && flow.hostId().value().equals("host-b"))
                .findFirst()
                .orElseThrow();
        FlowRow told = Wire.read(Examples.read("telemetry-flows"), TelemetryFlows.class)
                .flows()
                .getFirst();
        assertThat(row)
                .as("the contracts tell the same story")
                .isEqualTo(told.between(
                        FlowEnd.of(told.source().ip()), FlowEnd.of(told.dest().ip())));
        assertThat(fleet.windows)
                .allSatisfy(window ->
                        assertThat(Duration.between(window.from(), window.to())).isEqualTo(Duration.ofSeconds(1)));
    }

    @Test
    void makesASummaryOfTheExampleMetrics() {
        Instant published = Instant.now();
        fleet.publish("segmentation.metrics.host-b", Examples.read("metrics"));
        await().atMost(PATIENCE).until(() -> fleet.lastWord("host-b").isPresent());
        TelemetrySummary told = Wire.read(Examples.read("telemetry-summary"), TelemetrySummary.class);
        TelemetrySummary.HostSummary heard = fleet.lastWord("host-b").orElseThrow();
        assertThat(heard)
                .usingRecursiveComparison()
                .ignoringFields("lastReport")
                .isEqualTo(told.perHost().get(1));
        assertThat(heard.lastReport())
                .as("by the broker's clock, whatever the host's says")
                .isBetween(published.minusSeconds(1), Instant.now().plusSeconds(1));
        assertThat(fleet.summaries.getLast().topRules())
                .filteredOn(rule -> rule.policyId().value().equals("web-db"))
                .isEqualTo(told.topRules());
    }

    @Test
    void publishesASummaryWithinTheSecondOfAChangeAndAtLeastEveryFiveSeconds() {
        fleet.metrics("prompt", 1, node -> {});
        Instant published = Instant.now();
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> fleet.lastWord("prompt").isPresent());
        assertThat(Duration.between(published, fleet.summaries.getLast().timestamp()))
                .isLessThan(Duration.ofMillis(2_500));
        int before = fleet.summaries.size();
        await().atMost(Duration.ofSeconds(20)).until(() -> fleet.summaries.size() >= before + 3);
        List<Long> seconds = fleet.summaries.subList(before, before + 3).stream()
                .map(summary -> summary.timestamp().getEpochSecond())
                .toList();
        assertThat(seconds.get(2) - seconds.get(0)).isBetween(2L, 11L);
    }

    @Test
    void refusesWhatSpeaksForAnotherHostAndCountsIt() throws Exception {
        fleet.publish("segmentation.events.liar", FleetDouble.event("victim", 6666, 1));
        fleet.publish("segmentation.metrics.liar", Examples.read("metrics"));
        fleet.publish("segmentation.policy_updates.liar", Examples.read("policy-update-created"));
        fleet.publish("segmentation.system.liar", Examples.read("system-heartbeat"));
        fleet.drop("liar", 7777, 2);
        await().atMost(PATIENCE).until(() -> fleet.heard("liar", 7777) == 2);
        assertThat(fleet.heard("victim", 6666)).isZero();
        for (String kind : List.of("events", "metrics", "policy_updates", "system")) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(fleet.refusals("segmentation." + kind + ".liar"))
                            .singleElement()
                            .satisfies(refusal -> assertThat(refusal.message())
                                    .startsWith("a message on segmentation." + kind + ".liar speaks for ")));
        }
        Scrape scrape = Scrape.of(service);
        for (String stream : List.of("EVENTS", "METRICS", "POLICY_UPDATES", "SYSTEM")) {
            assertThat(refused(scrape, "SEGMENTATION_" + stream, "foreign_host"))
                    .isEqualTo(1);
        }
        assertThat(fleet.lastWord("liar")).isEmpty();
    }

    @Test
    void refusesACapabilityReportAboutAnotherHost() throws Exception {
        SystemEvent report = Wire.read(Examples.read("system-capability-report"), SystemEvent.class);
        fleet.publish(
                "segmentation.system.boaster",
                new SystemEvent(
                        "boaster",
                        report.eventType(),
                        report.component(),
                        report.message(),
                        report.level(),
                        report.timestamp(),
                        report.metadata()));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fleet.refusals("segmentation.system.boaster"))
                        .singleElement()
                        .satisfies(refusal -> assertThat(refusal.message())
                                .isEqualTo("a capability report on segmentation.system.boaster speaks of host-b")));
    }

    @Test
    void reportsPoisonOfEveryStreamAndGoesOn() throws Exception {
        for (String kind : List.of("events", "metrics", "policy_updates", "system")) {
            fleet.publish("segmentation." + kind + ".sick", "{\"host_id\":".getBytes(UTF_8));
            fleet.publish("segmentation." + kind + ".sick", "[1]".getBytes(UTF_8));
        }
        fleet.publish("segmentation.events.sick", FleetDouble.spoilt("sick", 1, "count", -5));
        fleet.publish("segmentation.events.sick", FleetDouble.spoilt("sick", 1, "dest_port", 70_000));
        fleet.metrics("sick", 5, node -> node.put("events_lost", -1));
        fleet.drop("sick", 8888, 3);
        fleet.metrics("sick", 6, node -> {});
        await().atMost(PATIENCE)
                .until(() ->
                        fleet.heard("sick", 8888) == 3 && fleet.lastWord("sick").isPresent());
        assertThat(fleet.heard("sick", 1)).isZero();
        for (String kind : List.of("metrics", "policy_updates", "system")) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(fleet.refusals("segmentation." + kind + ".sick"))
                            .hasSizeGreaterThanOrEqualTo(2));
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fleet.refusals("segmentation.events.sick"))
                        .extracting(SystemEvent::message)
                        .anyMatch(message -> message.contains("count counts from 0, not -5")));
    }

    @Test
    void answersWithTheLastSummary() {
        fleet.metrics("asked", 17, node -> {});
        await().atMost(PATIENCE).until(() -> fleet.lastWord("asked").isPresent());
        TelemetrySummary summary = Wire.read(ask(TelemetryApi.SUMMARY), TelemetrySummary.class);
        assertThat(summary.perHost()).extracting(row -> row.hostId().value()).contains("asked");
    }

    private static byte[] ask(String verb) {
        return fleet.bus()
                .request(Subjects.api(TelemetryApi.SERVICE, verb), new byte[0])
                .getData();
    }

    @Test
    void saysThatItIsThere() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fleet.bus()
                                .connection()
                                .getStreamContext("SEGMENTATION_SYSTEM")
                                .getLastMessage(Subjects.systemOfService("telemetry-service")))
                        .isNotNull());
        assertThat(service.get("/q/health/ready")).contains("\"publishing\": true");
    }

    private static double refused(Scrape scrape, String stream, String reason) {
        return scrape.value(
                        "segmentation_refused_messages_total{reason=\"%s\",stream=\"%s\",}".formatted(reason, stream))
                .orElse(0);
    }
}
