package io.aegisflux.segmentation.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.agent.domain.Counters;
import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.agent.domain.DecisionRecord;
import io.aegisflux.segmentation.agent.domain.FailsafeEntry;
import io.aegisflux.segmentation.agent.domain.Running;
import io.aegisflux.segmentation.agent.domain.XdpMode;
import io.aegisflux.segmentation.agent.libbpf.NetDevices;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.Hook;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.Verdict;
import io.aegisflux.segmentation.harness.NeedsKernel;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The datapath on real interfaces with real packets. */
@NeedsKernel
class KernelDatapathIT {
    private static final int PORT = 5432;
    private static final int OTHER = 5433;

    private final List<DecisionRecord> decisions = new CopyOnWriteArrayList<>();
    private TwoHosts hosts;
    private ServerSocket server;
    private ServerSocket otherServer;
    private KernelDatapath datapath;

    @BeforeEach
    void start() {
        hosts = new TwoHosts();
        server = hosts.listen(hosts.host(), PORT);
        otherServer = hosts.listen(hosts.host(), OTHER);
        datapath = hosts.datapath(XdpMode.OFF);
        datapath.onDecision(decisions::add);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        otherServer.close();
        hosts.host().run(() -> datapath.remove());
        hosts.close();
    }

    @Test
    void letsEverythingPassBeforeTheFirstTable() {
        load();
        assertThat(reaches(PORT)).isTrue();
        assertThat(hosts.pings(hosts.peer(), TwoHosts.HOST4)).isTrue();
        assertThat(datapath.running().orElseThrow().generation()).isZero();
        assertThat(datapath.running().orElseThrow().identity()).isEmpty();
        assertThat(datapath.hooks())
                .containsEntry("tc_ingress@eth0", "tcx")
                .containsEntry("tc_egress@eth0", "tcx")
                .containsEntry("xdp@eth0", "off: not asked for")
                .containsEntry("connect4", "off: no cgroup v2 is mounted");
    }

    @Test
    void deniesWhatARuleDeniesAndNamesIt() {
        load();
        install(Tables.denyingPort(PORT, "ingress", 3), 1);
        assertThat(connects(PORT)).isFalse();
        assertThat(reaches(OTHER)).isTrue();
        assertThat(hosts.connects(hosts.peer(), TwoHosts.HOST6, PORT)).isFalse();
        DecisionRecord drop = decision(decision -> TwoHosts.PEER4.equals(decision.sourceIp()));
        assertThat(drop.hook()).isEqualTo(Hook.TC_INGRESS);
        assertThat(drop.direction()).isEqualTo(Direction.INGRESS);
        assertThat(drop.verdict()).isEqualTo(Verdict.DROPPED);
        assertThat(drop.reason()).isEqualTo(Reason.RULE_DENY);
        assertThat(drop.policyId().value()).isEqualTo("ports");
        assertThat(drop.policyVersion()).isEqualTo(3);
        assertThat(drop.ruleId()).isEqualTo("no-5432");
        assertThat(drop.destIp()).isEqualTo(TwoHosts.HOST4);
        assertThat(drop.destPort()).isEqualTo(PORT);
        assertThat(drop.protocol()).isEqualTo(6);
        assertThat(drop.interfaceName()).isEqualTo("eth0");
        assertThat(drop.generation()).isEqualTo(1);
        assertThat(drop.time()).isBetween(Instant.now().minusSeconds(5), Instant.now());
        assertThat(decision(decision -> TwoHosts.PEER6.equals(decision.sourceIp()))
                        .ruleId())
                .isEqualTo("no-5432");
    }

    @Test
    void repliesOfAnAllowedConnectionPassWhereAllElseIsDenied() {
        load();
        install(Tables.of("out", 1, """
                        "priority": 1, "direction": "both", "default_action": "deny",
                        "rules": [{"id": "to-peer", "action": "allow", "priority": 1, "direction": "egress", "conditions": [
                          {"field": "dest_port", "operator": "eq", "value": 80}]}]"""), 1);
        ServerSocket web = hosts.listen(hosts.peer(), 80);
        try (web) {
            assertThat(hosts.reaches(hosts.host(), TwoHosts.PEER4, 80)).isTrue();
            assertThat(hosts.reaches(hosts.host(), TwoHosts.PEER6, 80)).isTrue();
            assertThat(connects(PORT)).as("nothing allows what comes in").isFalse();
            DecisionRecord drop = decision(decision -> decision.destPort() == PORT);
            assertThat(drop.reason()).isEqualTo(Reason.DEFAULT_DENY);
            assertThat(drop.ruleId()).isEqualTo("default-action");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aRevokedConnectionStopsWithItsNextPacketAndAnotherGoesOn() throws IOException {
        load();
        install(Tables.denyingPort(1, "ingress", 1), 1);
        try (Socket revoked = open(PORT);
                Socket kept = open(OTHER)) {
            assertThat(carries(revoked)).isTrue();
            assertThat(carries(kept)).isTrue();
            install(Tables.denyingPort(PORT, "ingress", 2), 2);
            assertThat(carries(revoked)).isFalse();
            assertThat(carries(kept)).isTrue();
        }
    }

    @Test
    void aConnectionOlderThanTheProgramsIsNotCut() throws IOException {
        try (Socket older = open(PORT)) {
            assertThat(carries(older)).isTrue();
            load();
            install(Tables.denyingPort(OTHER, "ingress", 1), 1);
            assertThat(carries(older)).isTrue();
        }
    }

    @Test
    void whatIsPinnedEnforcesWithoutAnAgentAndTheNextOneTakesItOver() {
        load();
        RuleTable table = Tables.denyingPort(PORT, "ingress", 5);
        install(table, 7);
        assertThat(connects(PORT)).isFalse();
        datapath.close(); // all that a killed agent's end does: descriptors are closed

        assertThat(connects(PORT)).isFalse();
        assertThat(reaches(OTHER)).isTrue();

        decisions.clear();
        datapath = hosts.datapath(XdpMode.OFF);
        datapath.onDecision(decisions::add);
        Running adopted = hosts.host().call(datapath::adopt).orElseThrow();
        assertThat(adopted.generation()).isEqualTo(1);
        assertThat(adopted.identity()).contains(Tables.identity(table, 7));
        assertThat(adopted.artifactDigest()).isEqualTo(CompiledObject.digest());
        assertThat(datapath.table()).isEqualTo(table);
        assertThat(connects(PORT)).isFalse();
        assertThat(decision(d -> d.destPort() == PORT).policyVersion()).isEqualTo(5);
        install(Tables.denyingPort(OTHER, "ingress", 6), 8);
        assertThat(reaches(PORT)).isTrue();
        assertThat(connects(OTHER)).isFalse();
    }

    @Test
    void refusesATableThatDoesNotFitAndKeepsTheOneInForce() {
        load();
        install(Tables.denyingPort(PORT, "ingress", 1), 1);
        RuleTable tooLarge = manyPairs();
        assertThatThrownBy(() -> installThrowing(tooLarge, 2))
                .isInstanceOf(DatapathException.class)
                .hasMessage("the table needs 4000000 entries for IPv4, at most 299593 fit");
        assertThat(datapath.running().orElseThrow().identity().orElseThrow().revision())
                .isEqualTo(1);
        assertThat(connects(PORT)).isFalse();
        assertThat(reaches(OTHER)).isTrue();
    }

    @Test
    void holdsALargeTableAndFindsItsSizeAgain() {
        load();
        install(evenPorts(32_000), 1);
        long bytes = datapath.running().orElseThrow().tableBytes();
        assertThat(bytes).isBetween(32_000 * Structs.BOX4.byteSize(), BankSize.LARGEST.tableBytes());
        assertThat(connects(PORT)).as("an even port").isFalse();
        assertThat(reaches(OTHER)).as("an odd one").isTrue();
        datapath.close();
        datapath = hosts.datapath(XdpMode.OFF);
        assertThat(hosts.host().call(datapath::adopt).orElseThrow().tableBytes())
                .isEqualTo(bytes);
    }

    @Test
    void countersOfARuleSurviveAnUpdateThatKeepsItAndStartAnewForANewOne() {
        load();
        install(Tables.denyingPort(PORT, "ingress", 1), 1);
        connects(PORT);
        long before = hits("no-5432");
        assertThat(before).isPositive();
        install(Tables.denyingPort(PORT, "ingress", 2), 2);
        connects(PORT);
        assertThat(hits("no-5432")).isGreaterThan(before);
        install(Tables.denyingPort(OTHER, "ingress", 3), 3);
        assertThat(counters().rules()).extracting(MetricsReport.RuleHit::ruleId).doesNotContain("no-5432");
        connects(OTHER);
        long dropped = counters().drops().get(Reason.RULE_DENY);
        assertThat(dropped)
                .isEqualTo(counters().packets(Verdict.DROPPED))
                .isGreaterThanOrEqualTo(hits("no-5433") + before);
    }

    @Test
    void anExpiredRuleIsLeftOut() {
        load();
        RuleTable table = Tables.of("short", 1, """
                "priority": 1, "default_action": "none",
                "rules": [{"id": "r", "action": "deny", "priority": 1, "expires_at": "2026-01-01T00:00:00Z", "conditions": [
                  {"field": "dest_port", "operator": "eq", "value": 5432}]}]""");
        Instant expiry = Instant.parse("2026-01-01T00:00:00Z");
        hosts.host()
                .run(() -> datapath.install(table, Tables.identity(table, 1), expiry.minusMillis(1), Duration.ZERO));
        assertThat(connects(PORT)).isFalse();
        hosts.host().run(() -> datapath.install(table, Tables.identity(table, 1), expiry, Duration.ZERO));
        assertThat(reaches(PORT)).isTrue();
    }

    @Test
    void neverCutsAFailsafePeer() {
        load();
        hosts.host()
                .run(() -> datapath.failsafe(Set.of(
                        new FailsafeEntry(Prefix.parse(TwoHosts.PEER4 + "/32"), 6, PORT),
                        new FailsafeEntry(Prefix.parse("198.18.60.0/24"), 17, 53))));
        install(Tables.of("nothing", 1, """
                        "priority": 1, "direction": "both", "default_action": "deny", "rules": []"""), 1);
        assertThat(reaches(PORT)).isTrue();
        assertThat(connects(OTHER)).isFalse();
        assertThat(hosts.pings(hosts.peer(), TwoHosts.HOST4)).isFalse();
        hosts.host().run(() -> datapath.failsafe(Set.of(new FailsafeEntry(Prefix.parse("198.18.60.0/24"), 0, 0))));
        assertThat(reaches(OTHER)).isTrue();
        assertThat(hosts.pings(hosts.peer(), TwoHosts.HOST4)).isTrue();
    }

    @Test
    void refusesTheConnectOfAProcessAtOnceAndNamesIt() throws IOException {
        Path cgroup = TestCgroup.create("aegik-test");
        try {
            datapath = hosts.host()
                    .call(() -> KernelDatapath.of(
                            new KernelDatapath.Places(
                                    hosts.pins(), List.of("eth0"), Optional.of(cgroup), XdpMode.OFF, Action.ALLOW),
                            Clock.systemUTC()));
            datapath.onDecision(decisions::add);
            load();
            assertThat(datapath.hooks()).containsEntry("connect4", "cgroup").containsEntry("connect6", "cgroup");
            install(Tables.denyingPort(80, "egress", 1), 1);
            ServerSocket web = hosts.listen(hosts.peer(), 80);
            ServerSocket other = hosts.listen(hosts.peer(), 81);
            try (web;
                    other) {
                assertThat(hosts.bashConnects(cgroup, TwoHosts.PEER4, 80)).contains("Operation not permitted");
                assertThat(hosts.bashConnects(cgroup, TwoHosts.PEER6, 80)).contains("Operation not permitted");
                assertThat(hosts.bashConnects(cgroup, TwoHosts.PEER4, 81)).isEmpty();
                assertThat(hosts.bashConnects(cgroup, "::ffff:" + TwoHosts.PEER4, 80))
                        .as("an IPv4 address written as one of IPv6")
                        .contains("Operation not permitted");
            }
            DecisionRecord blocked = decision(d -> d.hook() == Hook.CONNECT4);
            assertThat(blocked.verdict()).isEqualTo(Verdict.DROPPED);
            assertThat(blocked.ruleId()).isEqualTo("no-80");
            assertThat(blocked.direction()).isEqualTo(Direction.EGRESS);
            assertThat(blocked.command()).isEqualTo("bash");
            assertThat(blocked.pid()).isPositive();
            assertThat(blocked.sourceIp()).isNull();
            assertThat(blocked.destIp()).isEqualTo(TwoHosts.PEER4);
            assertThat(decision(d -> d.hook() == Hook.CONNECT6 && TwoHosts.PEER6.equals(d.destIp()))
                            .ruleId())
                    .isEqualTo("no-80");
            assertThat(counters().connectionsBlocked()).isEqualTo(3);
            requireEditsAtTheConnectHook(cgroup);
            requireLargeSetsAtTheConnectHook(cgroup);
        } finally {
            hosts.host().run(() -> datapath.remove());
            Files.delete(cgroup);
        }
    }

    /** Rules before and behind the one that the trees know, and one less than they know. */
    private void requireEditsAtTheConnectHook(Path cgroup) throws IOException {
        String allowing = """
                {"id": "some-80", "action": "allow", "priority": 0, "conditions": [
                  {"field": "dest_ip", "operator": "eq", "value": "%s"},
                  {"field": "dest_port", "operator": "eq", "value": 80}]},""".formatted(TwoHosts.PEER4);
        String members = """
                "priority": 1, "direction": "egress", "default_action": "none", "rules": [%s
                  {"id": "no-80", "action": "deny", "priority": 1, "conditions": [
                    {"field": "protocol", "operator": "eq", "value": "tcp"},
                    {"field": "dest_port", "operator": "eq", "value": 80}]},
                  {"id": "no-81", "action": "deny", "priority": 2, "conditions": [
                    {"field": "dest_port", "operator": "eq", "value": 81}]}]""";
        try (ServerSocket web = hosts.listen(hosts.peer(), 80);
                ServerSocket other = hosts.listen(hosts.peer(), 81)) {
            assertThat(List.of(web, other)).allMatch(ServerSocket::isBound);
            install(Tables.of("ports", 2, members.formatted(allowing)), 2);
            assertThat(hosts.bashConnects(cgroup, TwoHosts.PEER4, 80)).isEmpty();
            assertThat(hosts.bashConnects(cgroup, TwoHosts.PEER6, 80)).contains("Operation not permitted");
            assertThat(hosts.bashConnects(cgroup, TwoHosts.PEER4, 81)).contains("Operation not permitted");
            hosts.host().run(() -> datapath.adopt()); // which knows no trees, so that the next table grows its own
            install(Tables.of("ports", 2, members.formatted(allowing)), 3);
            assertThat(hosts.bashConnects(cgroup, TwoHosts.PEER4, 80)).isEmpty();
            install(Tables.of("ports", 3, members.formatted("")), 4);
            assertThat(hosts.bashConnects(cgroup, TwoHosts.PEER4, 80)).contains("Operation not permitted");
        }
    }

    @Test
    void dropsWhatIsNeitherIpNorArpWhereTheHostIsSetSo() {
        hosts.ipOfHost("link", "set", "eth0", "mtu", "9000"); // for frames of RawSocket
        hosts.ipOfPeer("link", "set", "eth0", "mtu", "9000");
        datapath = hosts.host()
                .call(() -> KernelDatapath.of(
                        new KernelDatapath.Places(
                                hosts.pins(), List.of("eth0"), Optional.empty(), XdpMode.OFF, Action.DENY),
                        Clock.systemUTC()));
        datapath.onDecision(decisions::add);
        load();
        sendLldp();
        assertThat(counters().drops()).as("before there is a table").doesNotContainKey(Reason.NON_IP);
        install(Tables.denyingPort(PORT, "ingress", 1), 1);
        sendLldp();
        DecisionRecord dropped = decision(d -> d.reason() == Reason.NON_IP);
        assertThat(dropped.verdict()).isEqualTo(Verdict.DROPPED);
        assertThat(dropped.ruleId()).isNull();
        assertThat(dropped.sourceIp()).isNull();
        assertThat(counters().drops().get(Reason.NON_IP)).isEqualTo(1);
        hosts.ipOfPeer("neigh", "flush", "all");
        assertThat(reaches(OTHER)).as("ARP passes").isTrue();
    }

    private void sendLldp() {
        hosts.peer().run(() -> {
            try (RawSocket socket =
                    new RawSocket(NetDevices.find("eth0").orElseThrow().index())) {
                byte[] frame = new byte[14];
                frame[0] = 1; // multicast
                frame[12] = (byte) 0x88;
                frame[13] = (byte) 0xCC;
                socket.send(frame);
            }
        });
    }

    /** The first rule asks for a source as well, which is not known yet; the second is for the destination alone. */
    private void requireLargeSetsAtTheConnectHook(Path cgroup) throws IOException {
        String members = """
                "priority": 1, "direction": "egress", "default_action": "none", "rules": [
                  {"id": "perhaps", "action": "allow", "priority": 1, "conditions": [
                    {"field": "source_ip", "operator": "in", "value": [%s]},
                    {"field": "dest_port", "operator": "eq", "value": 82}]},
                  {"id": "group", "action": "deny", "priority": 2, "conditions": [
                    {"field": "dest_ip", "operator": "in", "value": [%s]},
                    {"field": "dest_port", "operator": "in", "value": [%s]}]}]""".formatted(
                        addresses("10.9.%d.%d"),
                        addresses("10.8.%d.%d") + ", \"" + TwoHosts.PEER4 + "\"",
                        IntStream.range(40, 60).mapToObj(i -> "" + 2 * i).collect(Collectors.joining(", ")));
        try (ServerSocket web = hosts.listen(hosts.peer(), 80);
                ServerSocket other = hosts.listen(hosts.peer(), 82)) {
            assertThat(List.of(web, other)).allMatch(ServerSocket::isBound);
            install(Tables.of("groups", 1, members), 5);
            assertThat(hosts.bashConnects(cgroup, TwoHosts.PEER4, 80)).contains("Operation not permitted");
            assertThat(hosts.bashConnects(cgroup, TwoHosts.PEER6, 80)).isEmpty();
            long blocked = counters().connectionsBlocked();
            assertThat(hosts.bashConnects(cgroup, TwoHosts.PEER4, 82))
                    .as("cut by tc")
                    .isNotEmpty();
            assertThat(counters().connectionsBlocked())
                    .as("it was not for the hook to decide")
                    .isEqualTo(blocked);
        }
    }

    /** Enough of them to be worth a set, no two of which make a prefix. */
    private static String addresses(String format) {
        return IntStream.range(0, 1_100)
                .mapToObj(i -> '"' + format.formatted(2 * i / 256, 2 * i % 256) + '"')
                .collect(Collectors.joining(", "));
    }

    @Test
    void theXdpProgramDropsBeforeTcDoes() {
        datapath = hosts.datapath(XdpMode.NATIVE);
        datapath.onDecision(decisions::add);
        load();
        assertThat(datapath.hooks()).containsEntry("xdp@eth0", "native");
        install(Tables.denyingPort(PORT, "ingress", 1), 1);
        assertThat(connects(PORT)).isFalse();
        assertThat(reaches(OTHER)).isTrue();
        assertThat(decision(d -> d.destPort() == PORT).hook()).isEqualTo(Hook.XDP);
        assertThat(decision(d -> d.destPort() == PORT).ruleId()).isEqualTo("no-5432");
    }

    @Test
    void clsactServesWhereTcxIsNot() {
        datapath = hosts.host().call(() -> KernelDatapath.of(hosts.places(XdpMode.OFF), false, Clock.systemUTC()));
        datapath.onDecision(decisions::add);
        load();
        assertThat(datapath.hooks())
                .containsEntry("tc_ingress@eth0", "clsact")
                .containsEntry("tc_egress@eth0", "clsact");
        install(Tables.denyingPort(PORT, "ingress", 1), 1);
        assertThat(connects(PORT)).isFalse();
        assertThat(reaches(OTHER)).isTrue();
        assertThat(hosts.host().call(() -> datapath.reconcile())).isEmpty();
        datapath.close();
        assertThat(connects(PORT)).as("a filter outlives its agent").isFalse();
        datapath = hosts.host().call(() -> KernelDatapath.of(hosts.places(XdpMode.OFF), false, Clock.systemUTC()));
        assertThat(hosts.host().call(datapath::adopt)).isPresent();
        hosts.host().run(() -> datapath.remove());
        assertThat(reaches(PORT)).isTrue();
    }

    @Test
    void anInterfaceThatComesBackIsProtectedAgain() {
        load();
        install(Tables.denyingPort(PORT, "ingress", 1), 1);
        hosts.cut();
        assertThat(hosts.host().call(() -> datapath.reconcile()))
                .anyMatch(sentence -> sentence.contains("tc_ingress@eth0"));
        assertThat(datapath.hooks()).containsEntry("tc_ingress@eth0", "off: there is no interface of this name now");
        hosts.join();
        assertThat(hosts.host().call(() -> datapath.reconcile())).contains("tc_ingress@eth0 was attached (tcx)");
        assertThat(connects(PORT)).isFalse();
        assertThat(reaches(OTHER)).isTrue();
    }

    @Test
    void aRemovedPinIsAttachedAgain() throws IOException {
        load();
        install(Tables.denyingPort(PORT, "ingress", 1), 1);
        Files.delete(hosts.pins().resolve("links/tc_ingress=eth0"));
        assertThat(connects(PORT)).as("the answer is judged on its way out").isFalse();
        Files.delete(hosts.pins().resolve("links/tc_egress=eth0"));
        await("nothing holds the program any more").until(() -> connects(PORT));
        assertThat(hosts.host().call(() -> datapath.reconcile())).contains("tc_ingress@eth0 was attached (tcx)");
        assertThat(connects(PORT)).isFalse();
    }

    @Test
    void anotherArtifactReplacesTheProgramsUnderTheTableInForce() throws IOException {
        load();
        install(Tables.denyingPort(PORT, "ingress", 1), 4);
        byte[] other = CompiledObject.with("#define LOGGED_MAX 8", "#define LOGGED_MAX 4");
        String digest = Digests.sha256Hex(other);
        try (Socket kept = open(OTHER)) {
            assertThat(carries(kept)).isTrue();
            Running running = hosts.host().call(() -> datapath.load(other, digest));
            assertThat(running.artifactDigest()).isEqualTo(digest).isNotEqualTo(CompiledObject.digest());
            assertThat(running.generation()).isEqualTo(1);
            assertThat(running.identity().orElseThrow().revision()).isEqualTo(4);
            assertThat(carries(kept)).as("conntrack is kept").isTrue();
            assertThat(connects(PORT)).isFalse();
        }
    }

    @Test
    void anObjectThatTheVerifierRefusesChangesNothingAndItsLogIsTold() {
        load();
        install(Tables.denyingPort(PORT, "ingress", 1), 1);
        byte[] bad = CompiledObject.with("	hook &= HOOKS - 1;\n", "");
        assertThatThrownBy(() -> hosts.host().call(() -> datapath.load(bad, Digests.sha256Hex(bad))))
                .hasRootCauseMessage("bpf_object__load: EACCES")
                .rootCause()
                .satisfies(e -> assertThat(((io.aegisflux.segmentation.agent.libbpf.BpfException) e).log())
                        .contains("invalid access to map value"));
        assertThat(datapath.running().orElseThrow().artifactDigest()).isEqualTo(CompiledObject.digest());
        assertThat(connects(PORT)).isFalse();
        assertThat(reaches(OTHER)).isTrue();
    }

    @Test
    void bytesThatAreNoObjectAreRefused() {
        load();
        assertThatThrownBy(() -> hosts.host().call(() -> datapath.load(new byte[] {1, 2, 3}, "0".repeat(64))))
                .rootCause()
                .hasMessageStartingWith("bpf_object__open_mem");
        assertThat(datapath.running().orElseThrow().artifactDigest()).isEqualTo(CompiledObject.digest());
    }

    @Test
    void anObjectOfAnotherLayoutIsRefused() {
        byte[] other =
                CompiledObject.with("#define LAYOUT_VERSION " + Structs.LAYOUT_VERSION, "#define LAYOUT_VERSION 99");
        assertThatThrownBy(() -> hosts.host().call(() -> datapath.load(other, Digests.sha256Hex(other))))
                .hasMessageContaining("the object is of layout 99, this agent speaks " + Structs.LAYOUT_VERSION);
        assertThat(datapath.running()).isEmpty();
    }

    @Test
    void programsOfAnotherLayoutGoOnUntilTheNextTableIsInForce() throws IOException {
        load();
        install(Tables.denyingPort(PORT, "ingress", 1), 1);
        datapath.close();
        Files.move(
                hosts.pins().resolve("v" + Structs.LAYOUT_VERSION),
                hosts.pins().resolve("v0")); // as an older agent has left them
        datapath = hosts.datapath(XdpMode.OFF);
        assertThat(hosts.host().call(datapath::adopt)).isEmpty();
        load();
        assertThat(connects(PORT)).as("the old programs still enforce").isFalse();
        install(Tables.denyingPort(OTHER, "ingress", 2), 2);
        assertThat(reaches(PORT)).isTrue();
        assertThat(connects(OTHER)).isFalse();
        assertThat(hosts.pins().resolve("v0")).doesNotExist();
    }

    @Test
    void leavesNothingBehindWhenItIsRemoved() {
        load();
        install(Tables.denyingPort(PORT, "ingress", 1), 1);
        hosts.host().run(() -> datapath.remove());
        assertThat(hosts.pins()).doesNotExist();
        assertThat(reaches(PORT)).isTrue();
    }

    @Test
    void aPinDirectoryThatIsNotOnABpffsIsRefusedWithTheRemedy() {
        KernelDatapath elsewhere = hosts.host()
                .call(() -> KernelDatapath.of(
                        new KernelDatapath.Places(
                                Path.of("/tmp/aegik-no-bpffs"),
                                List.of("eth0"),
                                Optional.empty(),
                                XdpMode.OFF,
                                Action.ALLOW),
                        Clock.systemUTC()));
        assertThatThrownBy(
                        () -> hosts.host().call(() -> elsewhere.load(CompiledObject.bytes(), CompiledObject.digest())))
                .hasMessageContaining("/tmp/aegik-no-bpffs is not on a bpffs: mount -t bpf bpf");
    }

    @Test
    void probesWhatThisKernelCanDo() {
        var facts = hosts.host().call(() -> new KernelProbe().probe());
        assertThat(facts.architecture()).isIn("x86_64", "aarch64");
        assertThat(facts.btfAvailable()).isTrue();
        assertThat(facts.bpfFeatures())
                .containsAllEntriesOf(Map.of(
                        "program_sched_cls", true,
                        "program_xdp", true,
                        "map_ringbuf", true,
                        "map_lpm_trie", true,
                        "helper_get_netns_cookie", true,
                        "mmapable_arrays", true,
                        "cgroup_v2", true));
        assertThat(facts.resourceLimits()).containsEntry("table_bytes", BankSize.LARGEST.tableBytes());
    }

    /** One rule of 2,000 sources and as many destinations. */
    private static RuleTable manyPairs() {
        String ports =
                IntStream.range(0, 2_000).mapToObj(i -> Integer.toString(2 * i)).collect(Collectors.joining(","));
        return Tables.of("large", 1, """
                "priority": 1, "default_action": "none", "rules": [
                  {"id": "r", "action": "deny", "priority": 1, "conditions": [
                    {"field": "source_port", "operator": "in", "value": [%s]},
                    {"field": "dest_port", "operator": "in", "value": [%s]}]}]""".formatted(ports, ports));
    }

    /** Denies the first even ports of IPv4, each an entry of its own. */
    private static RuleTable evenPorts(int count) {
        String rules = IntStream.iterate(0, from -> from < count, from -> from + 4_000)
                .mapToObj(from -> """
                        {"id": "r%d", "action": "deny", "priority": 1, "conditions": [
                          {"field": "ip_version", "operator": "eq", "value": 4},
                          {"field": "dest_port", "operator": "in", "value": [%s]}]}""".formatted(
                                from,
                                IntStream.range(from, Math.min(count, from + 4_000))
                                        .mapToObj(port -> Integer.toString(port * 2))
                                        .collect(Collectors.joining(","))))
                .collect(Collectors.joining(","));
        return Tables.of("large", 1, """
                "priority": 1, "default_action": "none", "rules": [%s]""".formatted(rules));
    }

    private void load() {
        hosts.host().run(() -> datapath.load(CompiledObject.bytes(), CompiledObject.digest()));
    }

    private void install(RuleTable table, long revision) {
        hosts.host().run(() -> datapath.install(table, Tables.identity(table, revision), Instant.now(), Duration.ZERO));
    }

    private void installThrowing(RuleTable table, long revision) throws Exception {
        DatapathException[] thrown = new DatapathException[1];
        hosts.host().run(() -> {
            try {
                datapath.install(table, Tables.identity(table, revision), Instant.now(), Duration.ZERO);
            } catch (DatapathException e) {
                thrown[0] = e;
            }
        });
        if (thrown[0] != null) {
            throw thrown[0];
        }
    }

    private boolean reaches(int port) {
        return hosts.reaches(hosts.peer(), TwoHosts.HOST4, port);
    }

    private boolean connects(int port) {
        return hosts.connects(hosts.peer(), TwoHosts.HOST4, port);
    }

    private Socket open(int port) {
        return hosts.peer().call(() -> new Socket(TwoHosts.HOST4, port));
    }

    private static boolean carries(Socket socket) {
        return TwoHosts.carries(socket);
    }

    private Counters counters() {
        return hosts.host().call(() -> datapath.counters());
    }

    private long hits(String rule) {
        return counters().rules().stream()
                .filter(hit -> hit.ruleId().equals(rule))
                .mapToLong(MetricsReport.RuleHit::packets)
                .sum();
    }

    private DecisionRecord decision(Predicate<DecisionRecord> like) {
        await().atMost(Duration.ofSeconds(5)).until(() -> decisions.stream().anyMatch(like));
        return decisions.stream().filter(like).findFirst().orElseThrow();
    }
}
