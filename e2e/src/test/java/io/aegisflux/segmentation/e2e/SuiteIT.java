package io.aegisflux.segmentation.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.Hook;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyPlan;
import io.aegisflux.segmentation.contracts.PolicyUpdate;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Verdict;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.contracts.WorkloadAccepted;
import io.aegisflux.segmentation.contracts.WorkloadId;
import io.aegisflux.segmentation.e2e.Playground.Place;
import io.aegisflux.segmentation.harness.Directories;
import io.aegisflux.segmentation.harness.NeedsKernel;
import io.aegisflux.segmentation.harness.Repository;
import io.nats.client.Message;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The suite as its users meet it: policies published with plain NATS, real packets, real kernel, events on the bus. */
@NeedsKernel
class SuiteIT {
    private static final String NAME = "aegist";
    private static final int PORT = 5432;
    private static final int MILLIS = 500;

    private static Playground playground;
    private static Suite suite;
    private static BusWatch bus;
    private static Workload web;
    private static Workload api;
    private static Workload db;

    private final Set<String> published = new HashSet<>();

    @BeforeAll
    static void start() {
        Path directory = Repository.root().resolve("e2e/target/suite");
        Directories.delete(directory);
        try {
            playground = Playground.create(NAME, 80);
            suite = Suite.start(playground, directory);
            suite.startServices();
            suite.startAgents();
            bus = BusWatch.on(suite.nats().url());
            web = Workload.start(playground.web(), 80);
            api = Workload.start(playground.api(), 80);
            db = Workload.start(playground.db(), PORT);
        } catch (RuntimeException e) {
            stop();
            throw e;
        }
    }

    @AfterAll
    static void stop() {
        for (AutoCloseable each : new AutoCloseable[] {web, api, db, bus, suite, playground}) {
            close(each);
        }
        Playground.remove(NAME);
    }

    @BeforeEach
    void forget() {
        bus.forget();
        assertThat(web.tcp(playground.db().ipv4(), PORT, 2_000).worked())
                .as("without a policy everything passes")
                .isTrue();
    }

    @AfterEach
    void deleteWhatWasPublished() {
        for (String policy : Set.copyOf(published)) {
            delete(policy);
        }
    }

    @Test
    void letsOnlyTheApiReachTheDatabaseAndNamesPolicyVersionAndRuleOfTheDrop() {
        apply("web-db", "host-b", policy("web-db", "data", "\"default_action\": \"none\",", """
                {"id": "allow-api", "action": "allow", "priority": 1, "conditions": [
                  {"field": "source.label.app", "operator": "eq", "value": "api"},
                  {"field": "dest_port", "operator": "eq", "value": 5432}]},
                {"id": "deny-others", "action": "deny", "priority": 2, "conditions": [
                  {"field": "dest_port", "operator": "eq", "value": 5432}]}"""));

        assertThat(web.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isFalse();
        assertThat(api.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isTrue();

        FlowEvent event = dropped("web-db", playground.web().ipv4());
        assertThat(event.ruleId()).isEqualTo("deny-others");
        assertThat(event.policyVersion()).isEqualTo(1);
        assertThat(event.reason()).isEqualTo(Reason.RULE_DENY);
        assertThat(event.eventType()).isEqualTo(FlowEvent.PACKET_DROPPED);
        assertThat(event.hostId().value()).isEqualTo("host-b");
        assertThat(event.destIp()).isEqualTo(playground.db().ipv4());
        assertThat(event.destPort()).isEqualTo(PORT);
        assertThat(event.protocol()).isEqualTo("tcp");
        assertThat(event.interfaceName()).isEqualTo("eth0");
        assertThat(event.direction()).isEqualTo(Direction.INGRESS);
        assertThat(event.hook()).isIn(Hook.XDP, Hook.TC_INGRESS);

        delete("web-db");
        assertThat(web.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isTrue();
    }

    @Test
    void planForetellsWhatThePolicyThenDoes() {
        Instant begin = Instant.now().minusSeconds(1); // the kernel tells time by its ticks
        assertThat(web.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isTrue();
        assertThat(api.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isTrue();
        byte[] candidate = policy("web-db", "data", "\"default_action\": \"none\",", """
                {"id": "allow-api", "action": "allow", "priority": 1, "conditions": [
                  {"field": "source.label.app", "operator": "eq", "value": "api"},
                  {"field": "dest_port", "operator": "eq", "value": 5432}]},
                {"id": "deny-others", "action": "deny", "priority": 2, "conditions": [
                  {"field": "dest_port", "operator": "eq", "value": 5432}]}""");

        BusWatch.await(
                "web's connection in a record",
                () -> plan(candidate, begin).newlyBlocked().total().distinct() > 0);
        PolicyPlan plan = plan(candidate, begin);
        assertThat(plan.newlyBlocked().rows()).singleElement().satisfies(row -> {
            assertThat(row.hostId().value()).isEqualTo("host-b");
            assertThat(row.sourceName()).isEqualTo("web");
            assertThat(row.sourceIp()).isEqualTo(playground.web().ipv4());
            assertThat(row.destPort()).isEqualTo(PORT);
            assertThat(row.then().ruleId()).isEqualTo("deny-others");
            assertThat(row.now().reason()).isEqualTo(Reason.POSTURE);
        });
        assertThat(plan.newlyAllowed().rows()).isEmpty();
        assertThat(plan.evidence().unjudged()).isEmpty();

        apply("web-db", "host-b", candidate);
        assertThat(web.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isFalse();
        assertThat(api.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isTrue();
        assertThat(plan(candidate, begin).newlyBlocked().rows())
                .as("it is what holds")
                .isEmpty();
        delete("web-db");
    }

    private static PolicyPlan plan(byte[] candidate, Instant from) {
        return bus.ask(
                Subjects.api(PolicyApi.SERVICE, PolicyApi.PLAN),
                new PolicyApi.PlanRequest(List.of(Wire.read(candidate, JsonNode.class)), List.of(), from, null, null),
                PolicyPlan.class);
    }

    @Test
    void deniesByDefaultWhatAnAllowListDoesNotName() {
        apply("allow-list", "host-b", policy("allow-list", "data", "", """
                {"id": "api-only", "action": "allow", "priority": 1, "conditions": [
                  {"field": "protocol", "operator": "eq", "value": "tcp"},
                  {"field": "source_ip", "operator": "eq", "value": "%s"}]}""".formatted(
                        playground.api().ipv4())));

        assertThat(web.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isFalse();
        assertThat(api.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isTrue();

        FlowEvent event = dropped("allow-list", playground.web().ipv4());
        assertThat(event.ruleId()).isEqualTo("default-action");
        assertThat(event.reason()).isEqualTo(Reason.DEFAULT_DENY);
        assertThat(event.policyVersion()).isEqualTo(1);
        // The database may still open connections of its own: the policy is about ingress, and replies are known.
        assertThat(db.tcp(playground.web().ipv4(), 80, MILLIS).worked()).isTrue();
    }

    @Test
    void followsWorkloadsOfTheRegistryAndHostsByTheirOwnLabels() throws Exception {
        apply("by-label", "host-b", policy("by-label", "data", "\"default_action\": \"none\",", """
                {"id": "ledger", "action": "allow", "priority": 1, "conditions": [
                  {"field": "source.label.app", "operator": "eq", "value": "ledger"}]},
                {"id": "front-hosts", "action": "allow", "priority": 1, "conditions": [
                  {"field": "source.label.role", "operator": "eq", "value": "front"},
                  {"field": "source.label.host.id", "operator": "eq", "value": "host-a"}]},
                {"id": "nobody-else", "action": "deny", "priority": 2, "conditions": [
                  {"field": "dest_port", "operator": "eq", "value": 5432}]}"""));
        assertThat(web.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isFalse();
        assertThat(web.tcp(playground.db().ipv6(), PORT, MILLIS).worked()).isFalse();
        Host hostA = playground.hostA();
        try (Workload onHostA =
                Workload.start(new Playground.Place("host-a", hostA.namespace(), hostA.ipv4(), hostA.ipv6(), hostA))) {
            assertThat(onHostA.tcp(playground.db().ipv4(), PORT, 2_000).worked())
                    .as("host-a is known by the address of its eth0")
                    .isTrue();
            assertThat(onHostA.tcp(playground.db().ipv6(), PORT, 2_000).worked())
                    .isTrue();
        }

        WorkloadId ledger = new WorkloadId("ledger");
        assertThat(answer(ledger, """
                {"id": "ledger", "labels": {"app": "ledger"}, "addresses": ["%s", "%s"]}""".formatted(
                                playground.web().ipv4(), playground.web().ipv6()))
                        .action())
                .isEqualTo(WorkloadAccepted.REGISTERED);
        BusWatch.await(
                "web passes as ledger",
                () -> web.tcp(playground.db().ipv4(), PORT, MILLIS).worked());
        assertThat(web.tcp(playground.db().ipv6(), PORT, MILLIS).worked()).isTrue();

        assertThat(answer(ledger, "").action()).isEqualTo(WorkloadAccepted.REMOVED);
        BusWatch.await(
                "web is denied again",
                () -> !web.tcp(playground.db().ipv4(), PORT, MILLIS).worked());
        assertThat(web.tcp(playground.db().ipv6(), PORT, MILLIS).worked()).isFalse();
        assertThat(dropped("by-label", playground.web().ipv4()).policyVersion())
                .as("the policy was published once")
                .isEqualTo(1);
    }

    private static WorkloadAccepted answer(WorkloadId workload, String document) throws InterruptedException {
        Message reply = bus.connection()
                .request(
                        Subjects.workload(workload), document.getBytes(StandardCharsets.UTF_8), Duration.ofSeconds(10));
        return Wire.read(reply.getData(), WorkloadAccepted.class);
    }

    @Test
    void deniesOverIpv6AsOverIpv4() {
        assertThat(web.tcp(playground.db().ipv6(), PORT, 2_000).worked()).isTrue();
        apply("six", "host-b", policy("six", "data", "\"default_action\": \"none\",", """
                {"id": "no-web", "action": "deny", "priority": 1, "conditions": [
                  {"field": "source.label.app", "operator": "eq", "value": "web"},
                  {"field": "ip_version", "operator": "eq", "value": 6}]}"""));

        assertThat(web.tcp(playground.db().ipv6(), PORT, MILLIS).worked()).isFalse();
        assertThat(api.tcp(playground.db().ipv6(), PORT, MILLIS).worked()).isTrue();
        assertThat(web.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isTrue();
        FlowEvent event = dropped("six", playground.web().ipv6());
        assertThat(event.ruleId()).isEqualTo("no-web");
        assertThat(event.destIp()).isEqualTo(playground.db().ipv6());
    }

    @Test
    void deniesDatagramsByPort() {
        assertThat(web.udp(playground.db().ipv4(), PORT, 2_000).worked()).isTrue();
        apply("datagrams", "host-b", policy("datagrams", "data", "\"default_action\": \"none\",", """
                {"id": "no-udp", "action": "deny", "priority": 1, "conditions": [
                  {"field": "protocol", "operator": "eq", "value": "udp"},
                  {"field": "dest_port", "operator": "in", "value": ["5000-5500"]}]}"""));

        assertThat(web.udp(playground.db().ipv4(), PORT, MILLIS).worked()).isFalse();
        assertThat(web.udp(playground.db().ipv6(), PORT, MILLIS).worked()).isFalse();
        assertThat(web.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isTrue();
        FlowEvent event = dropped("datagrams", playground.web().ipv4());
        assertThat(event.ruleId()).isEqualTo("no-udp");
        assertThat(event.protocol()).isEqualTo("udp");
    }

    @Test
    void deniesEchoRequestsOfBothIpVersions() {
        assertThat(web.ping(playground.db().ipv4(), 2_000).worked()).isTrue();
        assertThat(web.ping(playground.db().ipv6(), 2_000).worked()).isTrue();
        apply("echoes", "host-b", policy("echoes", "data", "\"default_action\": \"none\",", """
                {"id": "no-ping4", "action": "deny", "priority": 1, "conditions": [
                  {"field": "protocol", "operator": "eq", "value": "icmp"},
                  {"field": "icmp_type", "operator": "eq", "value": 8}]},
                {"id": "no-ping6", "action": "deny", "priority": 1, "conditions": [
                  {"field": "protocol", "operator": "eq", "value": "icmpv6"},
                  {"field": "icmp_type", "operator": "eq", "value": 128}]}"""));

        assertThat(web.ping(playground.db().ipv4(), MILLIS).worked()).isFalse();
        assertThat(web.ping(playground.db().ipv6(), MILLIS).worked()).isFalse();
        assertThat(web.tcp(playground.db().ipv6(), PORT, MILLIS).worked()).isTrue();
        assertThat(dropped("echoes", playground.web().ipv4()).ruleId()).isEqualTo("no-ping4");
        assertThat(dropped("echoes", playground.web().ipv6()).ruleId()).isEqualTo("no-ping6");
    }

    @Test
    void deniesOnTheWayOutOfTheHostWhenThePolicyIsAboutEgress() {
        apply("no-way-out", "host-a", policy("no-way-out", "front", "\"direction\": \"egress\",", """
                {"id": "web-stays", "action": "deny", "priority": 1, "conditions": [
                  {"field": "source.label.app", "operator": "eq", "value": "web"},
                  {"field": "dest.label.app", "operator": "eq", "value": "db"}]}"""));

        assertThat(web.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isFalse();
        assertThat(api.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isTrue();
        FlowEvent event = dropped("no-way-out", playground.web().ipv4());
        assertThat(event.hostId().value()).isEqualTo("host-a");
        assertThat(event.hook()).isEqualTo(Hook.TC_EGRESS);
        assertThat(event.direction()).isEqualTo(Direction.EGRESS);
        // What comes in is not its matter: the database may still reach the web.
        assertThat(db.tcp(playground.web().ipv4(), 80, MILLIS).worked()).isTrue();
    }

    @Test
    void deniesInBothDirectionsWhenThePolicySaysBoth() {
        apply("quarantine", "host-b", policy("quarantine", "data", "\"direction\": \"both\",", """
                {"id": "isolated", "action": "deny", "priority": 1, "conditions": [
                  {"field": "protocol", "operator": "eq", "value": "tcp"}]}"""));

        assertThat(web.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isFalse();
        assertThat(db.tcp(playground.web().ipv4(), 80, MILLIS).worked()).isFalse();
        assertThat(dropped("quarantine", playground.web().ipv4()).direction()).isEqualTo(Direction.INGRESS);
        bus.awaitEvent(
                "the refusal on the way out",
                event -> event.policyId() != null
                        && event.policyId().value().equals("quarantine")
                        && event.direction() == Direction.EGRESS
                        && "isolated".equals(event.ruleId()));
    }

    @Test
    void refusesAConnectAtOnceWhereNothingUnknownCouldChangeTheVerdict() {
        apply("no-db", "host-a", policy("no-db", "front", "\"direction\": \"egress\",", """
                {"id": "not-there", "action": "deny", "priority": 1, "conditions": [
                  {"field": "dest_ip", "operator": "eq", "value": "%s"},
                  {"field": "dest_port", "operator": "eq", "value": 5432}]}""".formatted(
                        playground.db().ipv4())));

        Host host = playground.hostA();
        Attempt attempt;
        try (Workload process = Workload.start(new Place("host-a", host.namespace(), host.ipv4(), host.ipv6(), host))) {
            attempt = process.tcp(playground.db().ipv4(), PORT, MILLIS);
        }
        assertThat(attempt).isInstanceOf(Attempt.Failed.class);
        FlowEvent event =
                bus.awaitEvent("the blocked connect", each -> FlowEvent.CONNECTION_BLOCKED.equals(each.eventType()));
        assertThat(event.hook()).isIn(Hook.CONNECT4, Hook.CONNECT6); // a dual-stack socket connects by the latter
        assertThat(event.policyId().value()).isEqualTo("no-db");
        assertThat(event.ruleId()).isEqualTo("not-there");
        assertThat(event.destPort()).isEqualTo(PORT);
    }

    @Test
    void enforcesTheNewVersionOfAPolicyAndNamesItInTheEvent() {
        apply("turns", "host-b", turns("web"));
        assertThat(web.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isFalse();
        assertThat(api.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isTrue();
        assertThat(dropped("turns", playground.web().ipv4()).policyVersion()).isEqualTo(1);

        bus.publish("turns", turns("api"));
        PolicyUpdate update =
                bus.awaitUpdate("host-b", "turns", each -> each.action().equals("updated") && applied(each));
        assertThat(update.version()).isEqualTo(2);
        assertThat(web.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isTrue();
        assertThat(api.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isFalse();
        assertThat(dropped("turns", playground.api().ipv4()).policyVersion()).isEqualTo(2);
    }

    @Test
    void cutsAnEstablishedConnectionWithItsNextPacketWhenItIsRevoked() {
        assertThat(web.open("long", playground.db().ipv4(), PORT, 2_000).worked())
                .isTrue();
        assertThat(web.echo("long", 2_000).worked()).isTrue();
        apply("revoke", "host-b", turns("web").clone(), "revoke");
        assertThat(web.echo("long", MILLIS).worked()).isFalse();
        delete("revoke");
        assertThat(api.open("kept", playground.db().ipv4(), PORT, 2_000).worked())
                .isTrue();
        apply("revoke-again", "host-b", turns("web"), "revoke-again");
        assertThat(api.echo("kept", 2_000).worked())
                .as("a connection that the new policy does not touch goes on")
                .isTrue();
    }

    @Test
    void passesAndReportsWhatAnAuditPolicyWouldHaveDenied() {
        apply("trial", "host-b", policy("trial", "data", "\"mode\": \"audit\", \"default_action\": \"none\",", """
                {"id": "would-deny", "action": "deny", "priority": 1, "conditions": [
                  {"field": "dest_port", "operator": "eq", "value": 5432}]}"""));

        assertThat(web.tcp(playground.db().ipv4(), PORT, 2_000).worked()).isTrue();
        FlowEvent event = bus.awaitEvent("the audited verdict", each -> each.verdict() == Verdict.AUDITED);
        assertThat(event.reason()).isEqualTo(Reason.AUDIT_WOULD_DENY);
        assertThat(event.policyId().value()).isEqualTo("trial");
        assertThat(event.ruleId()).isEqualTo("would-deny");
    }

    @Test
    void changesNothingWhenADocumentIsRefused() {
        apply("kept", "host-b", turns("web"), "kept");
        bus.publish(
                "kept",
                new String(turns("api", "kept"), StandardCharsets.UTF_8)
                        .replace("5432", "70000")
                        .getBytes(StandardCharsets.UTF_8));
        SystemEvent refusal =
                bus.awaitSystem("the refusal", event -> SystemEvent.POLICY_REJECTED.equals(event.eventType()));
        assertThat(refusal.metadata().toString())
                .contains("/rules/0/conditions")
                .contains("70000");
        assertThat(web.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isFalse();
        assertThat(dropped("kept", playground.web().ipv4()).policyVersion()).isEqualTo(1);
    }

    @Test
    void refusesATableThatDoesNotFitAndKeepsTheOldOne() {
        apply("small", "host-b", turns("web"), "small");
        published.add("huge");
        bus.publish("huge", policy("huge", "data", "\"default_action\": \"none\",", fourHundredThousandPairs()));
        SystemEvent refusal = bus.awaitSystem(
                "the refusal of the table", event -> SystemEvent.TABLE_REJECTED.equals(event.eventType()));
        assertThat(refusal.hostId()).isEqualTo("host-b");
        assertThat(refusal.message()).contains("the table needs 400001 entries for IPv4, at most 299593 fit");
        assertThat(web.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isFalse();
        assertThat(dropped("small", playground.web().ipv4()).ruleId()).isEqualTo("turn");
        delete("huge"); // first: as long as it is there, the host can follow no other change
    }

    @Test
    void enforcesOnWhenTheAgentIsKilledUnderTrafficAndTheNextOneAdoptsIt() throws Exception {
        apply("holds", "host-b", turns("web"), "holds");
        assertThat(api.open("through", playground.db().ipv4(), PORT, 2_000).worked())
                .isTrue();
        String before = status("generation");
        AtomicInteger passed = new AtomicInteger();
        AtomicInteger broken = new AtomicInteger();
        AtomicInteger exchanged = new AtomicInteger();
        Thread denied = Thread.ofVirtual().start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                if (web.tcp(playground.db().ipv4(), PORT, 50).worked()) {
                    passed.incrementAndGet();
                }
            }
        });
        Thread allowed = Thread.ofVirtual().start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                (api.echo("through", 2_000).worked() ? exchanged : broken).incrementAndGet();
            }
        });
        for (int i = 0; i < 3; i++) {
            suite.process("host-b").kill();
            Thread.sleep(300);
            suite.startAgent(playground.hostB());
            suite.awaitAgent(playground.hostB());
        }
        denied.interrupt();
        allowed.interrupt();
        denied.join();
        allowed.join();
        assertThat(passed).as("denied connections that passed").hasValue(0);
        assertThat(broken).as("echoes lost on the allowed connection").hasValue(0);
        assertThat(exchanged.get()).isPositive();
        assertThat(status("generation")).isEqualTo(before);

        bus.forget();
        web.tcp(playground.db().ipv4(), PORT, MILLIS);
        assertThat(dropped("holds", playground.web().ipv4()).ruleId()).isEqualTo("turn");
    }

    @Test
    void enforcesOnWithoutNatsAndConvergesWhenItIsBack() {
        apply("offline", "host-b", turns("web"), "offline");
        suite.nats().kill();
        assertThat(web.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isFalse();
        assertThat(api.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isTrue();
        suite.nats().startAgain();
        BusWatch.await(
                "the watcher's connection",
                () -> bus.connection().getStatus() == io.nats.client.Connection.Status.CONNECTED);
        // What happened meanwhile was kept by the agent and arrives now.
        FlowEvent event = dropped("offline", playground.web().ipv4());
        assertThat(event.ruleId()).isEqualTo("turn");
        // An empty message without a header deletes only when policy-service hears it published.
        suite.process("policy-service").awaitReady(Duration.ofSeconds(60));
        delete("offline");
        assertThat(web.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isTrue();
    }

    @Test
    void appliesWhatWasPublishedWhilePolicyServiceWasAway() {
        suite.process("policy-service").kill();
        published.add("patient");
        bus.publish("patient", turns("web", "patient"));
        suite.startPolicyService();
        suite.process("policy-service").awaitReady(Duration.ofSeconds(60));
        bus.awaitUpdate("host-b", "patient", SuiteIT::applied);
        assertThat(web.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isFalse();
        FlowEvent event = dropped("patient", playground.web().ipv4());
        assertThat(event.policyVersion()).isEqualTo(1);
        assertThat(event.ruleId()).isEqualTo("turn");
    }

    @Test
    void takesACanaryBackThatDropsTooMuchAndTrafficFlowsAgain() {
        apply("staged", "host-b", turns("api"), "staged");
        bus.forget();
        bus.stage("staged", turns("web", "staged"), "label:role=data", "soak=10m,max-drops=5");
        PolicyUpdate update = bus.awaitUpdate("host-b", "staged", SuiteIT::applied);
        assertThat(update.version()).isEqualTo(2);
        assertThat(web.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isFalse();

        Thread knocking = Thread.ofVirtual().start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                web.tcp(playground.db().ipv4(), PORT, 50);
            }
        });
        SystemEvent aborted =
                bus.awaitSystem("the abort", event -> SystemEvent.ROLLOUT_ABORTED.equals(event.eventType()));
        knocking.interrupt();
        assertThat(aborted.message())
                .matches("staged: version 2 is aborted, version 1 is back: host-b: its rules dropped [0-9]+ packets,"
                        + " at most 5 are allowed");
        bus.awaitUpdate("host-b", "staged", each -> applied(each) && each.version() == 1);
        assertThat(web.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isTrue();
        assertThat(api.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isFalse();
    }

    @Test
    void takesACanaryBackThatAHostRefusesAndTheHostFollowsTheNextVersion() {
        apply("refused", "host-b", turns("web"), "refused");
        bus.forget();
        bus.stage(
                "refused",
                policy("refused", "data", "\"default_action\": \"none\",", fourHundredThousandPairs()),
                "hosts:host-b",
                "ack=10m");
        SystemEvent aborted =
                bus.awaitSystem("the abort", event -> SystemEvent.ROLLOUT_ABORTED.equals(event.eventType()));
        assertThat(aborted.message()).contains("host-b: ").contains("the table needs 400000 entries for IPv4");
        assertThat(web.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isFalse();

        bus.publish("refused", turns("api", "refused"));
        bus.awaitUpdate("host-b", "refused", update -> applied(update) && update.version() == 3);
        assertThat(web.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isTrue();
        assertThat(api.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isFalse();
    }

    @Test
    void promotesAStagedVersionThatItsCanaryIsWellWith() {
        byte[] everywhere = new String(turns("web", "both"), StandardCharsets.UTF_8)
                .replace("\"applies_to\": {\"labels\": {\"role\": \"data\"}},", "")
                .getBytes(StandardCharsets.UTF_8);
        published.add("both");
        bus.stage("both", everywhere, "hosts:host-b", "soak=1s");
        bus.awaitUpdate("host-b", "both", SuiteIT::applied);
        assertThat(web.tcp(playground.db().ipv4(), PORT, MILLIS).worked()).isFalse();
        bus.awaitSystem("the promotion", event -> SystemEvent.ROLLOUT_PROMOTED.equals(event.eventType()));
        bus.awaitUpdate("host-a", "both", SuiteIT::applied);
    }

    @Test
    void tellsPrometheusWhatTheFleetDropped() {
        apply("counted", "host-b", turns("web"), "counted");
        web.tcp(playground.db().ipv4(), PORT, MILLIS);
        dropped("counted", playground.web().ipv4());
        BusWatch.await(
                "the rule in Prometheus",
                () -> suite.process("telemetry-service")
                        .get("/q/metrics")
                        .lines()
                        .anyMatch(line -> line.startsWith("segmentation_rule_hits_total")
                                && line.contains("policy=\"counted\"")
                                && line.contains("rule=\"turn\"")));
    }

    /** A rule of 400 source ports and 1,000 destination ports, no two of which lie beside each other. */
    private static String fourHundredThousandPairs() {
        return """
                {"id": "many", "action": "deny", "priority": 1, "conditions": [
                  {"field": "source_port", "operator": "in", "value": [%s]},
                  {"field": "dest_port", "operator": "in", "value": [%s]}]}""".formatted(oddNumbers(400), oddNumbers(1_000));
    }

    private static String oddNumbers(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Integer.toString(2 * i + 1))
                .collect(Collectors.joining(","));
    }

    private static byte[] turns(String denied) {
        return turns(denied, "turns");
    }

    /** Denies the workload the database's port, everyone else may. */
    private static byte[] turns(String denied, String id) {
        return policy(id, "data", "\"default_action\": \"none\",", """
                {"id": "turn", "action": "deny", "priority": 1, "conditions": [
                  {"field": "source.label.app", "operator": "eq", "value": "%s"},
                  {"field": "dest_port", "operator": "eq", "value": 5432}]}""".formatted(denied));
    }

    private static byte[] policy(String id, String role, String members, String rules) {
        return """
                {"id": "%s", "name": "%s", "type": "network", "priority": 100,
                 "applies_to": {"labels": {"role": "%s"}}, %s
                 "rules": [%s]}""".formatted(id, id, role, members, rules).getBytes(StandardCharsets.UTF_8);
    }

    private void apply(String id, String host, byte[] document, String as) {
        apply(
                as,
                host,
                new String(document, StandardCharsets.UTF_8)
                        .replace("\"turns\"", "\"" + as + "\"")
                        .getBytes(StandardCharsets.UTF_8));
    }

    private void apply(String id, String host, byte[] document) {
        published.add(id);
        bus.publish(id, document);
        bus.awaitUpdate(host, id, update -> update.action().equals("created") && applied(update));
    }

    private void delete(String id) {
        String host = id.startsWith("no-") ? "host-a" : "host-b";
        bus.publish(id, new byte[0]);
        if (!id.equals("huge")) {
            bus.awaitUpdate(host, id, update -> update.action().equals("deleted") && applied(update));
        }
        published.remove(id);
    }

    private static boolean applied(PolicyUpdate update) {
        return "applied".equals(update.metadata().get("result"));
    }

    private static FlowEvent dropped(String policy, String source) {
        return bus.awaitEvent(
                "a drop by %s of %s".formatted(policy, source),
                event -> event.verdict() == Verdict.DROPPED
                        && event.policyId() != null
                        && event.policyId().value().equals(policy)
                        && source.equals(event.sourceIp()));
    }

    private static String status(String member) {
        String status = suite.process("host-b").get("/status");
        int at = status.indexOf("\"" + member + "\"");
        assertThat(at).as(status).isNotNegative();
        return status.substring(at).replaceFirst("^\"[a-z]+\"\\s*:\\s*([0-9]+).*(?s).*", "$1");
    }

    private static void close(AutoCloseable each) {
        try {
            if (each != null) {
                each.close();
            }
        } catch (Exception e) {
            System.err.println("not closed: " + e);
        }
    }
}
