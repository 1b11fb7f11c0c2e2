package io.aegisflux.segmentation.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.agent.domain.Counters;
import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.agent.domain.DecisionRecord;
import io.aegisflux.segmentation.agent.domain.FailsafeEntry;
import io.aegisflux.segmentation.agent.domain.Ruling;
import io.aegisflux.segmentation.agent.domain.XdpMode;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Decision;
import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.Verdict;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.engine.evaluation.Evaluator;
import io.aegisflux.segmentation.engine.lowering.HostView;
import io.aegisflux.segmentation.engine.lowering.Lowering;
import io.aegisflux.segmentation.engine.lowering.VersionedPolicy;
import io.aegisflux.segmentation.engine.naive.RandomWorld;
import io.aegisflux.segmentation.engine.parsing.ParseResult;
import io.aegisflux.segmentation.engine.parsing.PolicyParser;
import io.aegisflux.segmentation.harness.NeedsKernel;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** The kernel asked about packets that are on no wire. */
@NeedsKernel
@TestInstance(Lifecycle.PER_CLASS)
class ProbeIT {
    private static final int PORT = 5432;
    private static final List<String> INTERFACES = List.of("eth0", "eth1", "veth1", "lo"); // of RandomWorld
    private static final int WORLDS = 12;
    private static final int PACKETS = 100;

    private final List<DecisionRecord> decisions = new CopyOnWriteArrayList<>();
    private TwoHosts hosts;
    private KernelDatapath datapath;
    private Ruling beforeAnyTable;
    private long revision;

    /** Once: the verifier takes its time. */
    @BeforeAll
    void load() {
        hosts = new TwoHosts();
        datapath = KernelDatapath.of(
                new KernelDatapath.Places(hosts.pins(), INTERFACES, Optional.empty(), XdpMode.OFF, Action.ALLOW),
                Clock.systemUTC());
        datapath.onDecision(decisions::add);
        hosts.host().call(() -> datapath.load(CompiledObject.bytes(), CompiledObject.digest()));
        beforeAnyTable = probe(tcp(Direction.INGRESS, true, PORT));
    }

    @AfterAll
    void remove() {
        hosts.host().run(() -> datapath.remove());
        hosts.close();
    }

    @Test
    void namesTheRuleThatDecidesInBothDirectionsAndIpVersions() {
        install(Tables.of("web-db", 3, """
                        "priority": 1, "direction": "both", "default_action": "deny",
                        "rules": [
                          {"id": "allow-db", "action": "allow", "priority": 1, "conditions": [
                            {"field": "protocol", "operator": "eq", "value": "tcp"},
                            {"field": "dest_port", "operator": "eq", "value": 5432}]},
                          {"id": "no-telnet", "action": "deny", "priority": 2, "conditions": [
                            {"field": "protocol", "operator": "eq", "value": "tcp"},
                            {"field": "dest_port", "operator": "eq", "value": 23}]}]"""));

        for (Direction direction : List.of(Direction.INGRESS, Direction.EGRESS)) {
            for (boolean v6 : new boolean[] {false, true}) {
                Ruling allowed = probe(tcp(direction, v6, PORT));
                assertThat(allowed.verdict()).isEqualTo(Verdict.ALLOWED);
                assertThat(allowed.reason()).isEqualTo(Reason.RULE_ALLOW);
                assertThat(allowed.policyId()).isEqualTo(new PolicyId("web-db"));
                assertThat(allowed.policyVersion()).isEqualTo(3);
                assertThat(allowed.ruleId()).isEqualTo("allow-db");
                assertThat(allowed.audit()).isNull();
                assertThat(allowed.identity().orElseThrow().revision()).isEqualTo(revision);
                assertThat(allowed.generation()).isEqualTo(generation());
                assertThat(allowed.artifactDigest()).isEqualTo(CompiledObject.digest());
                assertThat(allowed.program()).isEqualTo("golden");
                Ruling denied = probe(tcp(direction, v6, 23));
                assertThat(denied.verdict()).isEqualTo(Verdict.DROPPED);
                assertThat(denied.reason()).isEqualTo(Reason.RULE_DENY);
                assertThat(denied.ruleId()).isEqualTo("no-telnet");
                Ruling byDefault = probe(tcp(direction, v6, 443));
                assertThat(byDefault.verdict()).isEqualTo(Verdict.DROPPED);
                assertThat(byDefault.reason()).isEqualTo(Reason.DEFAULT_DENY);
                assertThat(byDefault.ruleId()).isEqualTo("default-action");
            }
        }
    }

    @Test
    void saysWhatAnAuditPolicyWouldHaveDenied() {
        install(Tables.of("strict", 2, """
                        "priority": 1, "mode": "audit", "default_action": "none",
                        "rules": [{"id": "no-db", "action": "deny", "priority": 1, "conditions": [
                          {"field": "dest_port", "operator": "eq", "value": 5432}]}]"""));

        Ruling audited = probe(tcp(Direction.INGRESS, false, PORT));

        assertThat(audited.verdict()).isEqualTo(Verdict.AUDITED);
        assertThat(audited.reason()).isEqualTo(Reason.AUDIT_WOULD_DENY);
        assertThat(audited.policyId()).as("the posture lets it pass").isNull();
        assertThat(audited.audit()).isEqualTo(new Decision.Audit(new PolicyId("strict"), 2, "no-db"));
        assertThat(probe(tcp(Direction.INGRESS, false, 80)).audit()).isNull();
    }

    @Test
    void followsLabels() {
        install(lowered(
                List.of(new Workload("web", Map.of("app", "web"), List.of("10.9.0.5/32"))), document("no-web", """
                        "priority": 1, "default_action": "none",
                        "rules": [{"id": "deny-web", "action": "deny", "priority": 1, "conditions": [
                          {"field": "source.label.app", "operator": "eq", "value": "web"}]}]""")));

        assertThat(probe(packet("10.9.0.5", "10.9.0.9", PORT)).ruleId()).isEqualTo("deny-web");
        assertThat(probe(packet("10.9.0.6", "10.9.0.9", PORT)).reason()).isEqualTo(Reason.POSTURE);
    }

    @Test
    void tellsThePostureWhereThereIsNoTableYet() {
        assertThat(beforeAnyTable.verdict()).isEqualTo(Verdict.ALLOWED);
        assertThat(beforeAnyTable.reason()).isEqualTo(Reason.POSTURE);
        assertThat(beforeAnyTable.generation()).isZero();
        assertThat(beforeAnyTable.identity()).isEmpty();
    }

    @Test
    void letsTheFailsafeSpeakBeforeAnyRule() {
        install(Tables.denyingAll());
        assertThat(probe(packet("10.9.0.5", "10.9.0.9", 4222)).verdict()).isEqualTo(Verdict.DROPPED);

        hosts.host().run(() -> datapath.failsafe(Set.of(new FailsafeEntry(Prefix.parse("10.9.0.5/32"), 6, 4222))));

        Ruling kept = probe(packet("10.9.0.5", "10.9.0.9", 4222));
        assertThat(kept.verdict()).isEqualTo(Verdict.ALLOWED);
        assertThat(kept.reason()).isEqualTo(Reason.FAILSAFE);
        assertThat(kept.policyId()).isNull();
        Ruling neighbour =
                probe(new PacketTuple(Direction.INGRESS, "fe80::1", "fe80::2", 58, null, null, 135, 0, null));
        assertThat(neighbour.reason()).as("neighbour discovery").isEqualTo(Reason.FAILSAFE);
        Ruling ping = probe(new PacketTuple(Direction.INGRESS, "fe80::1", "fe80::2", 58, null, null, 128, 0, null));
        assertThat(ping.reason()).isEqualTo(Reason.DEFAULT_DENY);
        assertThat(probe(packet("10.9.0.6", "10.9.0.9", 4222)).reason()).isEqualTo(Reason.DEFAULT_DENY);
        hosts.host().run(() -> datapath.failsafe(Set.of()));
    }

    @Test
    void leavesNoTrace() throws IOException {
        install(Tables.of("some", 1, """
                        "priority": 1, "default_action": "none",
                        "rules": [
                          {"id": "note", "action": "log", "priority": 1, "conditions": [
                            {"field": "dest_port", "operator": "eq", "value": 5432}]},
                          {"id": "few", "action": "rate_limit", "priority": 2, "rate_limit": {"per_second": 1, "of": "connections"},
                           "conditions": [{"field": "dest_port", "operator": "eq", "value": 5432}]},
                          {"id": "no-23", "action": "deny", "priority": 3, "conditions": [
                            {"field": "dest_port", "operator": "eq", "value": 23}]}]"""));
        try (ServerSocket server = hosts.listen(hosts.host(), PORT)) {
            hosts.host().run(() -> datapath.flows());
            Counters before = counters();
            decisions.clear();

            for (int i = 0; i < 200; i++) {
                Ruling limited = probe(tcp(Direction.INGRESS, i % 2 == 0, PORT));
                assertThat(limited.ruleId()).isEqualTo("few");
                assertThat(limited.verdict()).as("no token is taken").isEqualTo(Verdict.ALLOWED);
                probe(tcp(Direction.INGRESS, i % 2 == 0, 23));
            }

            Counters after = counters();
            assertThat(of(after, "no-23")).isEqualTo(of(before, "no-23")).isZero();
            assertThat(of(after, "few")).isEqualTo(of(before, "few")).isZero();
            assertThat(of(after, "note")).isEqualTo(of(before, "note")).isZero();
            assertThat(after.maps()).as("conntrack").isEqualTo(before.maps());
            assertThat(hosts.host().call(() -> datapath.flows()).flows()).isEmpty();
            // the ring is in order: what the asks had written would come before what this writes
            assertThat(hosts.connects(hosts.peer(), TwoHosts.HOST4, 23)).isFalse();
            await().until(() -> !decisions.isEmpty());
            assertThat(decisions)
                    .allSatisfy(decision -> assertThat(decision.sourceIp()).isEqualTo(TwoHosts.PEER4));
            assertThat(hosts.reaches(hosts.peer(), TwoHosts.HOST4, PORT))
                    .as("the one connection of this second is still free")
                    .isTrue();
        }
    }

    @Test
    void asksTheTableThatIsInForceAtThatMoment() {
        PacketTuple packet = tcp(Direction.INGRESS, false, PORT);
        install(Tables.denyingPort(PORT, "ingress", 1));
        assertThat(probe(packet).policyVersion()).isEqualTo(1);

        install(Tables.denyingPort(PORT, "ingress", 2));
        Ruling second = probe(packet);
        assertThat(second.policyVersion()).isEqualTo(2);
        assertThat(second.generation()).isEqualTo(generation());
        assertThat(second.identity().orElseThrow().revision()).isEqualTo(revision);

        RuleTable unconfirmed = Tables.denyingPort(23, "ingress", 3);
        hosts.host()
                .run(() -> datapath.install(
                        unconfirmed, Tables.identity(unconfirmed, revision + 1), Instant.now(), Duration.ofSeconds(3)));
        long third = generation();
        // the programs fall back by themselves, before anybody has taken note of it
        await().atMost(Duration.ofSeconds(30)).until(() -> probe(packet).verdict() == Verdict.DROPPED);
        Ruling fallen = probe(packet);
        assertThat(fallen.generation()).isEqualTo(second.generation());
        assertThat(fallen.identity()).isEqualTo(second.identity());
        assertThat(fallen.policyVersion()).isEqualTo(2);

        hosts.host().run(() -> assertThat(datapath.settle()).isPresent());
        install(Tables.denyingPort(PORT, "ingress", 4));
        assertThat(probe(packet).generation())
                .as("that which fell back is not used again, whatever was asked meanwhile")
                .isEqualTo(third + 1);
    }

    @Test
    void refusesWhatNoPacketCanBe() {
        install(Tables.denyingAll());
        refuses(packet("10.0.0.1", "::1", 80), "source_ip 10.0.0.1 and dest_ip ::1 are not of one IP version");
        refuses(
                new PacketTuple(Direction.INGRESS, "::1", "::2", 6, 1, 2, null, null, "wlan0"),
                "interface_name: this host has programs on eth0, eth1, veth1, lo, not on wlan0");
        refuses(packet("db", "10.0.0.1", 80), "source_ip: \"db\" is not an IPv4 or IPv6 address");
        refuses(packet("::ffff:10.0.0.1", "::1", 80), "source_ip: ");
        refuses(
                new PacketTuple(Direction.INGRESS, "::1", "::2", 44, null, null, null, null, null),
                "protocol 44 is an extension header of IPv6, in which no packet ends");
        refuses(
                new PacketTuple(Direction.INGRESS, "::1", "::2", 6, null, 80, null, null, null),
                "source_port and dest_port are given both, or none of them for a later fragment");
        refuses(
                new PacketTuple(Direction.INGRESS, "::1", "::2", 58, null, null, 1, null, null),
                "icmp_type and icmp_code are given both, or none of them for a later fragment");
    }

    @Test
    void saysOfAThousandRandomPacketsWhatPolicyEngineSays() throws DatapathException {
        int denied = 0;
        int audited = 0;
        int ipv6 = 0;
        for (int seed = 0; seed < WORLDS; seed++) {
            RandomWorld world = new RandomWorld(seed);
            RuleTable table = random(world);
            hosts.host().run(() -> datapath.install(table, Tables.identity(table, 1), RandomWorld.NOW, Duration.ZERO));
            Evaluator evaluator = Evaluator.forFew(table);
            for (int i = 0; i < PACKETS; i++) {
                PacketTuple packet = world.packet();
                if (!PacketBytes.canBe(packet)) {
                    continue;
                }
                Decision decision = evaluator.decide(packet, RandomWorld.NOW);
                Ruling ruling = probe(packet);
                if (ruling.reason() == Reason.FAILSAFE) {
                    continue;
                }
                assertThat(List.<Object>of(
                                ruling.verdict() == Verdict.DROPPED,
                                ruling.reason(),
                                "%s@%s/%s".formatted(ruling.policyId(), ruling.policyVersion(), ruling.ruleId()),
                                "" + ruling.audit()))
                        .as("seed %d, %s", seed, packet)
                        .isEqualTo(List.<Object>of(
                                decision.action() == Action.DENY,
                                decision.reason(),
                                "%s@%s/%s".formatted(decision.policyId(), decision.policyVersion(), decision.ruleId()),
                                "" + decision.audit()));
                denied += decision.action() == Action.DENY ? 1 : 0;
                audited += decision.audit() == null ? 0 : 1;
                ipv6 += packet.sourceIp().indexOf(':') < 0 ? 0 : 1;
            }
        }
        assertThat(denied).isGreaterThan(WORLDS * PACKETS / 10);
        assertThat(audited).isGreaterThan(WORLDS);
        assertThat(ipv6).isGreaterThan(WORLDS * PACKETS / 10);
    }

    private void refuses(PacketTuple packet, String message) {
        assertThatThrownBy(() -> datapath.probe(packet))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    private Ruling probe(PacketTuple packet) {
        return hosts.host().call(() -> datapath.probe(packet));
    }

    private void install(RuleTable table) {
        revision++;
        hosts.host().run(() -> datapath.install(table, Tables.identity(table, revision), Instant.now(), Duration.ZERO));
    }

    private long generation() {
        return hosts.host().call(() -> datapath.running()).orElseThrow().generation();
    }

    private Counters counters() {
        return hosts.host().call(() -> datapath.counters());
    }

    private static long of(Counters counters, String rule) {
        return counters.rules().stream()
                .filter(each -> each.ruleId().equals(rule))
                .mapToLong(each -> each.packets())
                .sum();
    }

    private static PacketTuple tcp(Direction direction, boolean v6, int port) {
        return v6
                ? new PacketTuple(direction, "fd77::1", "fd77::2", 6, 40_000, port, null, null, "eth0")
                : new PacketTuple(direction, "10.9.0.5", "10.9.0.9", 6, 40_000, port, null, null, "eth0");
    }

    private static PacketTuple packet(String from, String to, int port) {
        return new PacketTuple(Direction.INGRESS, from, to, 6, 40_000, port, null, null, null);
    }

    private static byte[] document(String id, String members) {
        return """
                {"id": "%s", "name": "%s", "type": "network", %s}""".formatted(id, id, members).getBytes(StandardCharsets.UTF_8);
    }

    private static RuleTable random(RandomWorld world) {
        byte[][] documents = new byte[3][];
        for (int i = 0; i < documents.length; i++) {
            documents[i] = Wire.write(world.document("policy-" + i));
        }
        return lowered(world.workloads(), documents);
    }

    private static RuleTable lowered(List<Workload> workloads, byte[]... documents) {
        List<VersionedPolicy> policies = new ArrayList<>();
        for (byte[] document : documents) {
            PolicyId id =
                    new PolicyId(Wire.read(document, JsonNode.class).get("id").asText());
            if (PolicyParser.parse(document, id) instanceof ParseResult.Accepted accepted) {
                policies.add(new VersionedPolicy(accepted.policy(), 1, Digests.sha256Hex(document)));
            }
        }
        return Lowering.lower(policies, new HostView(new HostId("host-a"), Map.of(), Action.ALLOW), workloads);
    }
}
