package io.aegisflux.segmentation.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.Examples;
import io.aegisflux.segmentation.contracts.MapEdge;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.TelemetryApi;
import io.aegisflux.segmentation.contracts.TelemetryFlows;
import io.aegisflux.segmentation.contracts.TelemetryMap;
import io.aegisflux.segmentation.contracts.TelemetrySummary;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.Command;
import io.aegisflux.segmentation.harness.NatsServer;
import io.aegisflux.segmentation.harness.ServiceProcess;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.telemetry.domain.Fixtures;
import io.aegisflux.segmentation.telemetry.domain.MapView;
import io.nats.client.PurgeOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service, or its broker, is gone for a while. */
class RestartIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private NatsServer nats;
    private FleetDouble fleet;
    private ServiceProcess service;

    @BeforeEach
    void start() {
        nats = NatsServer.start();
        fleet = new FleetDouble(nats.url());
    }

    @AfterEach
    void stop() {
        if (service != null) {
            service.close();
        }
        fleet.close();
        nats.close();
    }

    private ServiceProcess startService() {
        service = ServiceProcess.start(
                "telemetry-service", Map.of("NATS_URL", nats.url()), directory.resolve("service.log"));
        return service;
    }

    private long dropped() {
        return fleet.windows.stream().mapToLong(TelemetryFlows::dropped).sum();
    }

    @Test
    void knowsAfterAKillWhatItKnewBeforeAndWhatCameMeanwhile() {
        tellOfHostsAndPolicies();
        startService().awaitReady(PATIENCE);
        fleet.drop("host-b", 100, 1);
        await().atMost(PATIENCE).until(() -> fleet.heard("host-b", 100) == 1 && !fleet.summaries.isEmpty());
        assertThat(fleet.summaries).as("never a part of the fleet").allMatch(summary -> summary.hosts() == 2);

        service.kill();
        fleet.metrics("host-a", 150, node -> {});
        fleet.drop("host-b", 101, 5);
        fleet.summaries.clear();
        startService().awaitReady(PATIENCE);

        await().atMost(PATIENCE).until(() -> fleet.heard("host-b", 101) == 5 && !fleet.summaries.isEmpty());
        TelemetrySummary first = fleet.summaries.getFirst();
        assertThat(first.hosts()).isEqualTo(2);
        assertThat(first.packetsTotal()).isEqualTo(150 + 200);
        assertThat(first.topRules()).isNotEmpty();
        assertThat(dropped()).as("what was told before is not told again").isEqualTo(6);
        fleet.assertNoWindowTwice();
        Scrape scrape = Scrape.of(service);
        assertThat(scrape.value("segmentation_packets_total{host=\"host-a\",hook=\"tc_ingress\",verdict=\"allowed\",}"))
                .hasValue(12040);
        assertThat(scrape.value("segmentation_programs{host=\"host-b\",program=\"tc_egress\",state=\"tcx\",}"))
                .hasValue(1);
        assertThat(
                        scrape.value(
                                "segmentation_policy_info{policy=\"web-db\",version=\"1\",type=\"network\",mode=\"enforce\",staged=\"false\",}"))
                .hasValue(1);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Scrape.of(service).value("segmentation_policies{state=\"invalid\",}"))
                        .hasValue(1));
    }

    private void tellOfHostsAndPolicies() {
        fleet.publish(
                "segmentation.hosts.host-b",
                Fixtures.example(
                        "capability-report",
                        CapabilityReport.class,
                        node -> node.put("timestamp", Instant.now().toString())));
        fleet.publish("segmentation.policy_store.web-db", Examples.read("stored-policy"));
        fleet.publish(
                "segmentation.system.policy-service",
                Fixtures.example(
                        "system-policy-rejected",
                        SystemEvent.class,
                        node -> ((ObjectNode) node.get("metadata")).put("subject", "segmentation.policies.broken")));
        fleet.metrics("host-a", 100, node -> {});
        fleet.metrics("host-b", 200, node -> {});
    }

    @Test
    void waitsForItsBroker() {
        nats.stop();
        startService().awaitOk("/q/health/live", PATIENCE);
        assertThat(service.get("/q/health/ready")).contains("\"status\": \"DOWN\"");
        assertThat(Scrape.of(service).value("segmentation_nats_connected{service=\"telemetry-service\",}"))
                .hasValue(0);
        nats.startAgain();
        service.awaitReady(PATIENCE);
        await().atMost(PATIENCE).until(fleet.bus()::isConnected);
        fleet.makeStreams();
        fleet.metrics("host-a", 1, node -> {});
        fleet.drop("host-a", 100, 2);
        await().atMost(PATIENCE)
                .until(() -> fleet.heard("host-a", 100) == 2
                        && fleet.lastWord("host-a").isPresent());
    }

    @Test
    void goesOnAfterItsBrokerWasKilledAndLostWhatItHadInMemory() {
        startService().awaitReady(PATIENCE);
        fleet.metrics("host-a", 1, node -> {});
        fleet.drop("host-a", 100, 1);
        await().atMost(PATIENCE)
                .until(() -> fleet.heard("host-a", 100) == 1
                        && fleet.lastWord("host-a").isPresent());
        nats.kill();
        nats.startAgain();
        await().atMost(PATIENCE).until(fleet.bus()::isConnected);
        fleet.makeStreams();
        fleet.drop("host-a", 101, 2);
        fleet.metrics("host-b", 5, node -> {});
        await().atMost(PATIENCE)
                .until(() -> fleet.heard("host-a", 101) == 2
                        && fleet.lastWord("host-b").isPresent());
        assertThat(fleet.summaries.getLast().hosts())
                .as("host-a is still known")
                .isEqualTo(2);
        assertThat(dropped()).isEqualTo(3);
        service.awaitReady(PATIENCE);
    }

    @Test
    void eventsThatTheStreamGaveUpBeforeTheyWereReadAreToldAsLost() throws Exception {
        startService().awaitReady(PATIENCE);
        fleet.dropSurely("host-a", 100);
        await().atMost(PATIENCE).until(() -> fleet.heard("host-a", 100) == 1);
        nats.stop();
        signal("STOP");
        nats.startAgain();
        await().atMost(PATIENCE).until(fleet.bus()::isConnected);
        for (int i = 0; i < 10; i++) {
            fleet.dropSurely("host-a", 200 + i);
        }
        fleet.bus()
                .connection()
                .jetStreamManagement()
                .purgeStream(Streams.EVENTS, PurgeOptions.builder().keep(3).build());
        signal("CONT");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(dropped()).isEqualTo(1 + 3));
        assertThat(fleet.windows.stream().mapToLong(TelemetryFlows::lost).sum()).isEqualTo(7);
    }

    private void signal(String name) {
        Command.run("kill", "-" + name, Long.toString(service.pid()));
    }

    @Test
    void mapAndQueriesAreExactAgainAfterItsBrokerWasKilledInTheMiddleOfEvents() {
        MapView follower = new MapView();
        fleet.bus()
                .connection()
                .createDispatcher(message -> follower.take(Wire.read(message.getData(), TelemetryMap.class)))
                .subscribe(Subjects.TELEMETRY_MAP);
        startService().awaitReady(PATIENCE);
        AtomicInteger told = new AtomicInteger();
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<Void> fleetTells = CompletableFuture.runAsync(() -> {
            while (!enough.get() && told.get() < 900) { // fewer than a question is answered with
                fleet.dropSurely("host-" + told.get() % 3, 1_000 + told.get() % 7);
                told.incrementAndGet();
                LockSupport.parkNanos(Duration.ofMillis(25).toNanos());
            }
        });
        await().atMost(PATIENCE).until(() -> dropsOn(follower) > 20);
        String term = follower.whole().orElseThrow().term();
        nats.kill();
        int before = told.get();
        assertThat(fleetTells).as("the broker was killed in between").isNotDone();
        assertThatThrownBy(this::map).isInstanceOfAny(BusException.class, IllegalStateException.class);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(service.get("/q/health/ready")).contains("\"status\": \"DOWN\""));
        nats.startAgain();
        await().atMost(PATIENCE).until(() -> told.get() > before + 20);
        enough.set(true);
        fleetTells.join();
        long all = told.get();

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(dropsOn(follower)).isEqualTo(all));
        assertThat(follower.whole().orElseThrow().term())
                .as("its readers are told that messages are missing")
                .isNotEqualTo(term);
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
            assertThat(map().edges()).extracting(MapEdge::dropped).containsExactly(all);
            assertThat(flows().matched()).isEqualTo(all);
            assertThat(dropped()).isEqualTo(all);
        });
        assertThat(flows().complete()).isTrue();
        assertThat(flows().lost()).isZero();
        assertThat(Scrape.of(service).value("segmentation_decisions_total{verdict=\"dropped\",}"))
                .hasValue(all);
        fleet.assertNoWindowTwice();
        service.awaitReady(PATIENCE);
    }

    private static long dropsOn(MapView map) {
        return map.whole().stream()
                .flatMap(whole -> whole.edges().stream())
                .mapToLong(MapEdge::dropped)
                .sum();
    }

    private TelemetryApi.MapReply map() {
        return Wire.read(ask(TelemetryApi.MAP, new byte[0]), TelemetryApi.MapReply.class);
    }

    private TelemetryApi.FlowsReply flows() {
        byte[] all = Wire.write(new TelemetryApi.FlowsRequest(null, null, null, 1_000));
        return Wire.read(ask(TelemetryApi.FLOWS, all), TelemetryApi.FlowsReply.class);
    }

    private byte[] ask(String verb, byte[] request) {
        return fleet.bus()
                .request(Subjects.api(TelemetryApi.SERVICE, verb), request)
                .getData();
    }

    @Test
    void givesItsPlaceBackWhenItIsToldToEnd() {
        startService().awaitReady(PATIENCE);
        await().atMost(PATIENCE).until(() -> !fleet.summaries.isEmpty());
        service.close();
        assertThat(service.awaitEnd()).isEqualTo(143);
        int before = fleet.summaries.size();
        ServiceProcess next = startService();
        next.awaitReady(PATIENCE);
        await().atMost(PATIENCE).until(() -> fleet.summaries.size() > before);
        assertThat(List.of(next.get("/q/health/ready"))).allMatch(answer -> answer.contains("\"publishing\": true"));
    }
}
