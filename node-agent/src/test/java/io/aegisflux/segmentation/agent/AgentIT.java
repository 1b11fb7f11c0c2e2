package io.aegisflux.segmentation.agent;

import static io.aegisflux.segmentation.agent.domain.DomainFixtures.deny;
import static io.aegisflux.segmentation.agent.domain.DomainFixtures.policy;
import static io.aegisflux.segmentation.agent.domain.DomainFixtures.table;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.agent.domain.DecisionRecord;
import io.aegisflux.segmentation.agent.domain.FailsafeEntry;
import io.aegisflux.segmentation.agent.domain.FlowSample;
import io.aegisflux.segmentation.agent.domain.HostNetwork;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.FlowRecord;
import io.aegisflux.segmentation.contracts.FlowRecords;
import io.aegisflux.segmentation.contracts.Hook;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.PolicyUpdate;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Verdict;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.NatsServer;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.NatsSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the bus to the datapath and back, over a broker of its own that comes and goes. */
class AgentIT {
    private static final byte[] OBJECT = "an ELF object".getBytes(UTF_8);

    @TempDir
    Path directory;

    private NatsServer nats;
    private ControlPlaneDouble control;
    private AgentBench bench;
    private String artifact;

    @BeforeEach
    void start() {
        nats = NatsServer.start();
        control = new ControlPlaneDouble(Bus.connect(NatsSettings.of(nats.url(), "test")), directory);
        bench = new AgentBench(nats.url(), "web-1", directory);
        artifact = control.build(OBJECT);
    }

    @AfterEach
    void close() {
        bench.close();
        control.close();
        nats.close();
    }

    private void enforceFirst() {
        control.desire(bench.host, 1, 1, table("first"), artifact);
        bench.start().listening();
        await().until(() -> bench.kernel.installs().size() == 1);
    }

    private static DecisionRecord drop(int sourcePort) {
        Instant now = Instant.now();
        return new DecisionRecord(
                now,
                now,
                1,
                Hook.TC_INGRESS,
                Direction.INGRESS,
                Verdict.DROPPED,
                Reason.RULE_DENY,
                new PolicyId("first"),
                1L,
                "deny-first",
                "10.0.0.1",
                "10.0.0.2",
                sourcePort,
                80,
                6,
                0,
                0,
                "eth0",
                1,
                60,
                0,
                null);
    }

    private List<FlowEvent> events() {
        return control.read(Streams.EVENTS, Subjects.held(Subjects.EVENTS, bench.host), FlowEvent.class);
    }

    @Test
    void appliesWhatIsDesiredWhenTheDoorbellRingsAndTellsWhatCameOfIt() {
        bench.start().listening();
        assertThat(bench.agent.standing().now().complaint()).isPresent();
        control.desire(bench.host, 1, 1, table("a", "b"), artifact);
        await().untilAsserted(() -> assertThat(bench.kernel.table()).isEqualTo(table("a", "b")));
        await().untilAsserted(() ->
                assertThat(bench.agent.standing().now().complaint()).isEmpty());
        control.desire(
                bench.host,
                1,
                2,
                new RuleTable(List.of(policy("b", 2)), List.of(deny(0, "deny-b", null)), Action.ALLOW),
                artifact);
        await().untilAsserted(() -> assertThat(bench.updates(control))
                .extracting(u -> u.policyId().value() + " " + u.action() + " " + u.version() + " " + u.revision() + " "
                        + u.metadata().get("result") + " " + u.metadata().get("generation"))
                .containsExactly(
                        "a created 1 1 applied 1",
                        "b created 1 1 applied 1",
                        "b updated 2 2 applied 2",
                        "a deleted null 2 applied 2"));
        assertThat(bench.updates(control)).extracting(PolicyUpdate::hostId).containsOnly(bench.host);
        assertThat(bench.system(control, SystemEvent.PROGRAM_LOADED))
                .singleElement()
                .satisfies(event -> assertThat(event.metadata()).containsEntry("artifact", artifact));
        assertThat(bench.system(control, SystemEvent.MAP_UPDATED)).hasSize(2);
    }

    @Test
    void findsANewRevisionByPollingWhenNoDoorbellRings() {
        control.desire(bench.host, 1, 1, table("first"), artifact);
        bench.with("AGENT_POLL_INTERVAL", "200ms").start();
        await().until(() -> bench.kernel.installs().size() == 1);
        control.desire(bench.host, 1, 2, table("second"), artifact);
        await().untilAsserted(() -> assertThat(bench.kernel.table()).isEqualTo(table("second")));
        assertThat(bench.kernel.installs()).as("polling alone installs nothing").hasSize(2);
    }

    @Test
    void fetchesALargeTableFromItsObject() {
        enforceFirst();
        control.desireByObject(bench.host, 2, table("large", "table"), artifact);
        await().untilAsserted(() -> assertThat(bench.kernel.table()).isEqualTo(table("large", "table")));
    }

    @Test
    void replacesTheArtifactAndKeepsTheTable() {
        enforceFirst();
        String next = control.build("a newer ELF object".getBytes(UTF_8));
        control.desire(bench.host, 1, 2, table("first"), next);
        await().untilAsserted(() -> assertThat(bench.agent.status().revision()).isEqualTo(2));
        assertThat(bench.kernel.loads()).containsExactly(artifact, next);
        assertThat(bench.updates(control)).as("no policy changed").hasSize(1);
        await().untilAsserted(() -> assertThat(bench.stateDir.resolve("artifacts"))
                .isDirectoryContaining(file -> file.getFileName().toString().startsWith(next))
                .isDirectoryNotContaining(file -> file.getFileName().toString().startsWith(artifact)));
    }

    @Test
    void goesOnEnforcingWhileTheBrokerIsAwayAndCatchesUpWhenItIsBack() {
        enforceFirst();
        bench.datapath.decide(drop(1));
        await().until(() -> events().size() == 1);
        nats.stop();
        await().until(() -> !bench.agent.status().natsConnected());
        for (int port = 2; port <= 101; port++) {
            bench.datapath.decide(drop(port));
        }
        assertThat(bench.agent.standing().now().complaint()).isEmpty();
        assertThat(bench.agent.status().eventsBuffered()).isGreaterThanOrEqualTo(100);

        nats.startAgain();
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(events())
                        .extracting(FlowEvent::sourcePort)
                        .hasSize(101)
                        .doesNotHaveDuplicates());
        control.desire(bench.host, 1, 2, table("second"), artifact);
        await().untilAsserted(() -> assertThat(bench.kernel.table()).isEqualTo(table("second")));
        await().untilAsserted(() -> assertThat(bench.system(control, SystemEvent.CAPABILITY_REPORT))
                .as("one at the start, one after the return")
                .hasSizeGreaterThanOrEqualTo(2));
    }

    @Test
    void takesATableBackThatTheBusDoesNotAnswerOver() {
        bench.with("AGENT_CONFIRM_WITHIN", "2s");
        enforceFirst();
        awaitConfirmed();
        bench.kernel.afterInstall = nats::stop;
        control.desire(bench.host, 1, 2, table("second"), artifact);
        await().untilAsserted(() -> assertThat(bench.kernel.table()).isEqualTo(table("second")));
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(bench.kernel.table()).isEqualTo(table("first")));
        await().untilAsserted(() -> assertThat(
                        bench.agent.standing().now().complaint().orElse(""))
                .contains("revision 2 was not confirmed in time, generation 1 is in force again"));
        assertThat(bench.agent.status().policies())
                .extracting(p -> p.id().value())
                .containsExactly("first");

        bench.kernel.afterInstall = () -> {};
        nats.startAgain();
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(bench.system(control, SystemEvent.TABLE_ROLLED_BACK))
                        .singleElement()
                        .satisfies(event -> assertThat(event.metadata()).containsEntry("revision", 2)));
        await().untilAsserted(() -> assertThat(bench.updates(control)).anySatisfy(update -> {
            assertThat(update.policyId().value()).isEqualTo("second");
            assertThat(update.metadata()).containsEntry("result", "rolled_back");
        }));
        assertThat(bench.kernel.installs()).as("not tried again at once").hasSize(2);
        control.desire(bench.host, 1, 3, table("third"), artifact);
        await().untilAsserted(() -> assertThat(bench.kernel.table()).isEqualTo(table("third")));
    }

    @Test
    void confirmsWhatAnAgentBeforeItPutInForce() {
        enforceFirst();
        awaitConfirmed();
        bench.kernel.afterInstall = nats::stop;
        control.desireByObject(bench.host, 2, table("second"), artifact);
        await().untilAsserted(() -> assertThat(bench.kernel.table()).isEqualTo(table("second")));
        bench.stop();
        assertThat(bench.kernel.running().orElseThrow().confirmBy()).isPresent();
        bench.kernel.afterInstall = () -> {};
        nats.startAgain();
        bench.start();
        awaitConfirmed();
        bench.stop();
        bench.kernel.forget();
        bench.start();
        assertThat(bench.agent.status().restored()).startsWith("loaded revision 2 from disk");
    }

    private void awaitConfirmed() {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> bench.kernel.running().orElseThrow().confirmBy().isEmpty());
    }

    @Test
    void keepsTheNewestEventsAndTellsHowManyItDropped() {
        enforceFirst();
        nats.stop();
        await().until(() -> !bench.agent.status().natsConnected());
        for (int i = 0; i < 12_000; i++) {
            for (int times = 0; times < 3; times++) { // one is told at once, two in sum
                bench.datapath.decide(drop(i % 4_000));
            }
            if (i % 4_000 == 3_999) {
                // two flushes forget the kinds, so that the next round is told one by one again
                await().pollInterval(Duration.ofMillis(50))
                        .atMost(Duration.ofSeconds(5))
                        .until(kindsAreForgotten());
            }
        }
        await().untilAsserted(
                        () -> assertThat(bench.agent.status().eventsDropped()).isGreaterThanOrEqualTo(1_900));
        assertThat(bench.agent.status().eventsBuffered()).isLessThanOrEqualTo(12_000); // events and reports
        nats.startAgain();
        await().atMost(Duration.ofSeconds(40))
                .until(() -> bench.agent.status().natsConnected()
                        && bench.agent.status().eventsBuffered() == 0);
        await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> {
            List<FlowEvent> events =
                    control.readAll(Streams.EVENTS, Subjects.held(Subjects.EVENTS, bench.host), FlowEvent.class);
            long lost = events.stream().mapToLong(FlowEvent::lost).sum();
            assertThat(events.stream().mapToLong(FlowEvent::count).sum() + lost)
                    .as("every decision is told or counted as lost")
                    .isEqualTo(36_000);
            assertThat(lost).isPositive();
        });
    }

    private Callable<Boolean> kindsAreForgotten() {
        Instant from = Instant.now();
        return () -> Instant.now().isAfter(from.plusMillis(2_200));
    }

    @Test
    void adoptsWhatIsPinnedWithoutABroker() {
        enforceFirst();
        bench.stop();
        nats.stop();
        bench.start();
        assertThat(bench.agent.standing().now().complaint()).isEmpty();
        assertThat(bench.agent.status().restored()).startsWith("adopted generation 1");
        assertThat(bench.agent.status().policies())
                .extracting(p -> p.id().value())
                .containsExactly("first");
        assertThat(bench.kernel.loads()).as("nothing is loaded again").hasSize(1);
        assertThat(bench.kernel.installs()).hasSize(1);

        nats.startAgain();
        bench.listening();
        control.desire(bench.host, 1, 2, table("second"), artifact);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(bench.kernel.table()).isEqualTo(table("second")));
        assertThat(bench.updates(control))
                .as("the adopted policy was known, so it is not told as new")
                .extracting(u -> u.policyId().value() + " " + u.action())
                .containsExactly("first created", "second created", "first deleted");
    }

    @Test
    void enforcesAfterARebootWithoutABrokerWhatWasInForceBefore() {
        enforceFirst();
        control.desireByObject(bench.host, 2, table("second"), artifact);
        await().untilAsserted(() -> assertThat(bench.agent.status().revision()).isEqualTo(2));
        bench.stop();
        bench.kernel.forget();
        nats.stop();
        bench.start();
        assertThat(bench.agent.standing().now().complaint()).isEmpty();
        assertThat(bench.agent.status().restored()).startsWith("loaded revision 2 from disk");
        assertThat(bench.kernel.table()).isEqualTo(table("second"));
        assertThat(bench.kernel.running().orElseThrow().artifactDigest()).isEqualTo(artifact);
        assertThat(bench.kernel.failsafe()).isNotEmpty();
    }

    @Test
    void loadsNothingFromDiskThatWasTamperedWith() throws IOException {
        enforceFirst();
        bench.stop();
        bench.kernel.forget();
        nats.stop();
        Files.writeString(bench.stateDir.resolve("artifacts").resolve(artifact + ".o"), "evil");
        bench.start();
        assertThat(bench.kernel.installs()).hasSize(1);
        assertThat(bench.kernel.loads()).hasSize(1);
        assertThat(bench.agent.standing().now().complaint()).isPresent();
        assertThat(bench.agent.status().restored()).contains("no sound copy of artifact");

        nats.startAgain();
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(bench.kernel.table()).isEqualTo(table("first")));
        assertThat(bench.agent.standing().now().complaint()).isEmpty();
    }

    @Test
    void takesAnExpiredRuleOutToTheSecondWithoutABroker() {
        Instant expiry = Instant.now().plusSeconds(3).truncatedTo(ChronoUnit.MILLIS);
        RuleTable expiring = new RuleTable(
                List.of(policy("p", 1)), List.of(deny(0, "stays", null), deny(0, "goes", expiry)), Action.ALLOW);
        control.desire(bench.host, 1, 1, expiring, artifact);
        bench.start().listening();
        await().until(() -> bench.kernel.installs().size() == 1);
        assertThat(bench.kernel.installs().getFirst().rulesInForce()).containsExactly("stays", "goes");
        nats.stop();
        await().atMost(Duration.ofSeconds(6))
                .until(() -> bench.kernel.installs().size() == 2);
        RecordingDatapath.Installed again = bench.kernel.installs().getLast();
        assertThat(again.rulesInForce()).containsExactly("stays");
        assertThat(again.identity())
                .isEqualTo(bench.kernel.installs().getFirst().identity());
        assertThat(again.at()).isCloseTo(expiry, within(500, ChronoUnit.MILLIS)).isAfterOrEqualTo(expiry);
        assertThat(bench.agent.status().generation()).isEqualTo(2);
        assertThat(bench.agent.standing().now().complaint()).isEmpty();
    }

    @Test
    void takesRulesOutThatExpiredWhileNoAgentRan() throws InterruptedException {
        Instant expiry = Instant.now().plusMillis(1_500);
        control.desire(
                bench.host,
                1,
                1,
                new RuleTable(List.of(policy("p", 1)), List.of(deny(0, "goes", expiry)), Action.ALLOW),
                artifact);
        bench.start().listening();
        await().until(() -> bench.kernel.installs().size() == 1);
        bench.stop();
        Thread.sleep(Math.max(0, Duration.between(Instant.now(), expiry).toMillis()) + 50);
        bench.start();
        await().until(() -> bench.kernel.installs().size() == 2);
        assertThat(bench.kernel.installs().getLast().rulesInForce()).isEmpty();
    }

    @Test
    void tellsADecisionAtOnceAndItsRepeatsTogether() {
        enforceFirst();
        Instant before = Instant.now();
        for (int i = 0; i < 50; i++) {
            bench.datapath.decide(drop(4711));
        }
        await().atMost(Duration.ofMillis(900)).until(() -> !events().isEmpty());
        assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofMillis(900));
        await().untilAsserted(() -> assertThat(events()).hasSize(2).satisfies(events -> {
            assertThat(events.getFirst().count()).isEqualTo(1);
            assertThat(events.getLast().count()).isEqualTo(49);
        }));
    }

    @Test
    void looksAtTheHooksWhenTheNetworkChangesAndTellsWhatItDid() {
        bench.start();
        await().until(() -> bench.datapath.looks.get() == 1);
        bench.datapath.repairs = List.of("tc_ingress@eth1 was attached (tcx)");
        bench.datapath.networkChanged.run();
        await().atMost(Duration.ofSeconds(2))
                .untilAsserted(() -> assertThat(bench.system(control, SystemEvent.HOOKS_CHANGED))
                        .singleElement()
                        .satisfies(
                                event -> assertThat(event.message()).isEqualTo("tc_ingress@eth1 was attached (tcx)")));
    }

    @Test
    void changesWhileALookIsBusyAreOneMoreLook() {
        bench.start();
        await().until(() -> bench.datapath.looks.get() == 1);
        CountDownLatch done = new CountDownLatch(1);
        bench.datapath.duringLook = () -> uninterruptibly(done);
        bench.datapath.networkChanged.run();
        await().until(() -> bench.datapath.looks.get() == 2);
        for (int change = 0; change < 100; change++) {
            bench.datapath.networkChanged.run();
        }
        done.countDown();
        await().during(Duration.ofMillis(500)).until(() -> bench.datapath.looks.get() == 3);
    }

    private static void uninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void publishesMetricsUnderTheNamesThatDashboardsKnow() {
        bench.with("AGENT_METRICS_INTERVAL", "200ms");
        enforceFirst();
        await().untilAsserted(() -> {
            List<JsonNode> metrics = control.read(Streams.METRICS, Subjects.metrics(bench.host), JsonNode.class);
            assertThat(metrics).isNotEmpty();
            JsonNode last = metrics.getLast();
            assertThat(last.path("host_id").asText()).isEqualTo("web-1");
            assertThat(last.path("packets_total").asLong()).isEqualTo(10);
            assertThat(last.path("packets_allowed").asLong()).isEqualTo(7);
            assertThat(last.path("packets_dropped").asLong()).isEqualTo(3);
            assertThat(last.path("connections_blocked").asLong()).isEqualTo(1);
            assertThat(last.path("programs_loaded").asLong()).isEqualTo(1);
            assertThat(last.path("policies_active").asLong()).isEqualTo(1);
            assertThat(last.path("revision").asLong()).isEqualTo(1);
            assertThat(last.path("timestamp").asText()).isNotEmpty();
        });
    }

    @Test
    void recordsConnectionsAndDrops() {
        bench.with("AGENT_FLOW_INTERVAL", "100ms");
        enforceFirst();
        bench.datapath.flows.set(new FlowSample(List.of(passed(443)), true));
        bench.datapath.decide(drop(4711));
        await().untilAsserted(() -> assertThat(flows().stream()
                        .flatMap(records -> records.flows().stream())
                        .map(FlowRecord::destPort))
                .contains(443, 80));
        assertThat(flows())
                .allSatisfy(records -> assertThat(records.unrecorded()).isZero());
    }

    private static FlowRecord passed(int port) {
        return new FlowRecord(
                Direction.INGRESS,
                "10.0.0.1",
                null,
                "10.0.0.2",
                port,
                "tcp",
                null,
                null,
                "eth0",
                Verdict.ALLOWED,
                Reason.POSTURE,
                null,
                null,
                null,
                1,
                Instant.now());
    }

    private List<FlowRecords> flows() {
        return control.read(Streams.FLOWS, Subjects.held(Subjects.FLOWS, bench.host), FlowRecords.class);
    }

    @Test
    void makesItselfKnownWithLabelsAndWorkloadsAndAgainWhenTheyChange() throws IOException {
        Path workloads = Files.writeString(directory.resolve("workloads.json"), """
                [{"name": "web", "labels": {"app": "web"}, "addresses": ["10.0.0.1", "fd00::1"]}]""");
        bench.with("AGENT_WORKLOADS", workloads.toString())
                .with("AGENT_LABELS", "role=frontend")
                .with("AGENT_POSTURE", "deny")
                .start();
        await().untilAsserted(() -> {
            CapabilityReport report = lastReport();
            assertThat(report.hostId()).isEqualTo(bench.host);
            assertThat(report.architecture()).isEqualTo("x86_64");
            assertThat(report.labels()).containsEntry("role", "frontend");
            assertThat(report.posture()).isEqualTo(Action.DENY);
            assertThat(report.workloads())
                    .singleElement()
                    .satisfies(w -> assertThat(w.addresses()).containsExactly("10.0.0.1", "fd00::1"));
        });
        Files.writeString(workloads, "[{\"name\": \"web\", \"addresses\": [\"web.example.com\"]}]");
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(bench.system(control, SystemEvent.ERROR))
                        .singleElement()
                        .satisfies(event -> assertThat(event.message()).contains("web.example.com")));
        Files.writeString(workloads, "[{\"name\": \"db\", \"addresses\": [\"10.0.0.9\"]}]");
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(lastReport().workloads())
                        .singleElement()
                        .satisfies(w -> assertThat(w.name()).isEqualTo("db")));
    }

    @Test
    void makesItselfKnownByWhatItSeesAndAtOnceWhenThatChanges() {
        bench.with("AGENT_LABELS", "role=frontend");
        bench.network = new HostNetwork.Seen(List.of("eth0", "bond0~"), List.of("10.0.0.5"));
        bench.start();
        await().untilAsserted(() -> {
            assertThat(lastReport().labels())
                    .containsExactly(
                            Map.entry("host.arch", "x86_64"),
                            Map.entry("host.id", bench.host.value()),
                            Map.entry("host.interface.eth0", "true"),
                            Map.entry("host.kernel", "6.18.0"),
                            Map.entry("host.name", "host-of-tests"),
                            Map.entry("role", "frontend"));
            assertThat(lastReport().addresses()).containsExactly("10.0.0.5");
        });

        bench.network = new HostNetwork.Seen(List.of("eth0"), List.of("10.0.0.6", "fd00::6"));
        bench.datapath.networkChanged.run();
        await().atMost(Duration.ofSeconds(1))
                .untilAsserted(() -> assertThat(lastReport().addresses()).containsExactly("10.0.0.6", "fd00::6"));
        await("hooks are looked at too").until(() -> bench.datapath.looks.get() > 0);
    }

    @Test
    void aWorkloadsFileThatGivesLabelsOfHostsChangesNothing() throws IOException {
        Path workloads = Files.writeString(directory.resolve("workloads.json"), """
                [{"name": "web", "labels": {"host.name": "db"}, "addresses": ["10.0.0.1"]}]""");
        bench.with("AGENT_WORKLOADS", workloads.toString()).start();
        await().untilAsserted(() -> assertThat(bench.system(control, SystemEvent.ERROR))
                .anySatisfy(event -> assertThat(event.message()).contains("host.name")));
        assertThat(lastReport().workloads()).isEmpty();
    }

    private CapabilityReport lastReport() {
        List<SystemEvent> reports = bench.system(control, SystemEvent.CAPABILITY_REPORT);
        assertThat(reports).isNotEmpty();
        return Wire.mapper().convertValue(reports.getLast().metadata().get("report"), CapabilityReport.class);
    }

    @Test
    void exemptsItsBrokerAndTheManagementNetworkFromPolicy() {
        bench.with("AGENT_FAILSAFE", "192.168.0.0/16");
        enforceFirst();
        await().untilAsserted(() -> assertThat(bench.kernel.failsafe())
                .containsExactlyInAnyOrder(
                        new FailsafeEntry(Prefix.parse("127.0.0.1"), 6, nats.port()),
                        new FailsafeEntry(Prefix.parse("192.168.0.0/16"), 0, 0)));
    }

    @Test
    void sendsWhatIsLeftBeforeItStopsAndLeavesEverythingEnforced() {
        enforceFirst();
        for (int port = 1; port <= 500; port++) {
            bench.datapath.decide(drop(port));
        }
        bench.stop();
        assertThat(control.readAll(Streams.EVENTS, Subjects.held(Subjects.EVENTS, bench.host), FlowEvent.class))
                .extracting(FlowEvent::number)
                .as("numbered in the order of sending")
                .isEqualTo(LongStream.rangeClosed(1, 500).boxed().toList());
        assertThat(bench.kernel.table()).isEqualTo(table("first"));
        assertThat(bench.kernel.running()).isPresent();
    }

    @Test
    void waitsForItsFirstArtifactAndSaysSo() {
        control.desire(bench.host, 1, 1, table("first"), null);
        bench.start().listening();
        await().untilAsserted(() -> assertThat(bench.agent.standing().now().complaint())
                .hasValueSatisfying(reason -> assertThat(reason).contains("no artifact has been built")));
        control.desire(bench.host, 1, 2, table("first"), artifact);
        await().untilAsserted(() ->
                assertThat(bench.agent.standing().now().complaint()).isEmpty());
        assertThat(bench.kernel.table()).isEqualTo(table("first"));
    }
}
