package io.aegisflux.segmentation.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.agent.domain.DecisionRecord;
import io.aegisflux.segmentation.agent.domain.XdpMode;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.Verdict;
import io.aegisflux.segmentation.harness.NeedsKernel;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What rules do to real packets beyond letting them pass or not: rates, DSCP. */
@NeedsKernel
class ActionsIT {
    private static final int PORT = 7_000;
    private static final int PER_SECOND = 100;
    private static final int DSCP = 46;
    private static final int ETHERNET = 14;
    private static final int IPV4 = 20;
    private static final int IPV6 = 40;

    private final List<DecisionRecord> decisions = new CopyOnWriteArrayList<>();
    private TwoHosts hosts;
    private KernelDatapath datapath;
    private long revision;

    @BeforeEach
    void start() {
        hosts = new TwoHosts();
        datapath = hosts.datapath(XdpMode.OFF);
        datapath.onDecision(decisions::add);
        hosts.host().run(() -> datapath.load(CompiledObject.bytes(), CompiledObject.digest()));
    }

    @AfterEach
    void stop() {
        hosts.host().run(() -> datapath.remove());
        hosts.close();
    }

    @Test
    void aRateOfPacketsPassesWhatASecondFillsAndThenAtItsPace() throws Exception {
        install(limit("packets", "rule", PER_SECOND));
        try (DatagramChannel server = listen(TwoHosts.HOST4);
                DatagramSocket client = client()) {
            send(client, TwoHosts.HOST4, 5 * PER_SECOND);
            assertThat(received(server)).isBetween(PER_SECOND, PER_SECOND + PER_SECOND / 2);
            long start = System.nanoTime();
            int passed = 0;
            while (System.nanoTime() - start < Duration.ofSeconds(2).toNanos()) {
                send(client, TwoHosts.HOST4, 20);
                passed += received(server);
            }
            assertThat(passed).isBetween(2 * PER_SECOND * 8 / 10, 2 * PER_SECOND * 12 / 10);
        }
        DecisionRecord drop = decisions.stream()
                .filter(decision -> decision.verdict() == Verdict.DROPPED)
                .findFirst()
                .orElseThrow();
        assertThat(drop.reason()).isEqualTo(Reason.RATE_LIMITED);
        assertThat(drop.ruleId()).isEqualTo("limit");
        assertThat(hosts.host().call(() -> datapath.counters()).drops().get(Reason.RATE_LIMITED))
                .isPositive();
    }

    @Test
    void aSourceHasABucketOfItsOwnAndOfIpv6ItsNetworkHas() throws Exception {
        hosts.ipOfPeer("addr", "add", "198.18.60.3/24", "dev", "eth0");
        hosts.ipOfPeer("-6", "addr", "add", "fd77:60::3/64", "dev", "eth0", "nodad");
        install(limit("packets", "source", PER_SECOND));
        try (DatagramChannel server = listen(TwoHosts.HOST4);
                DatagramSocket one = client(TwoHosts.PEER4);
                DatagramSocket other = client("198.18.60.3")) {
            send(one, TwoHosts.HOST4, 3 * PER_SECOND);
            assertThat(received(server)).isBetween(PER_SECOND, PER_SECOND + PER_SECOND / 2);
            send(other, TwoHosts.HOST4, 3 * PER_SECOND);
            assertThat(received(server)).isBetween(PER_SECOND, PER_SECOND + PER_SECOND / 2);
        }
        try (DatagramChannel server = listen(TwoHosts.HOST6);
                DatagramSocket one = client(TwoHosts.PEER6);
                DatagramSocket other = client("fd77:60::3")) {
            send(one, TwoHosts.HOST6, 3 * PER_SECOND);
            assertThat(received(server)).isBetween(PER_SECOND, PER_SECOND + PER_SECOND / 2);
            send(other, TwoHosts.HOST6, PER_SECOND);
            assertThat(received(server)).as("of the same /64").isLessThan(PER_SECOND / 2);
        }
    }

    @Test
    void aRateOfConnectionsCountsThoseThatBeginAndCutsNone() throws IOException {
        try (ServerSocket server = hosts.listen(hosts.host(), PORT)) {
            install(limit("connections", "rule", 3));
            List<Socket> open = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                open.add(hosts.peer().call(() -> new Socket(TwoHosts.HOST4, server.getLocalPort())));
            }
            assertThat(hosts.connects(hosts.peer(), TwoHosts.HOST4, PORT)).isFalse();
            assertThat(open).allMatch(TwoHosts::carries);
            install(limit("connections", "rule", 3));
            assertThat(open).as("judged anew, for there is another table").allMatch(TwoHosts::carries);
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @Test
    void aRateInAuditModeDropsNothingAndTells() throws Exception {
        install(Tables.of("trial", ++revision, """
                "priority": 1, "mode": "audit", "default_action": "none", "rules": [%s]""".formatted(rule("packets", "rule", PER_SECOND))));
        try (DatagramChannel server = listen(TwoHosts.HOST4);
                DatagramSocket client = client()) {
            send(client, TwoHosts.HOST4, 2 * PER_SECOND);
            assertThat(received(server)).isEqualTo(2 * PER_SECOND);
        }
        await().untilAsserted(() -> assertThat(
                        audited().mapToLong(DecisionRecord::count).sum())
                .isBetween(PER_SECOND / 2L, (long) PER_SECOND));
        assertThat(audited())
                .allMatch(
                        decision -> decision.reason() == Reason.AUDIT_WOULD_DENY && "limit".equals(decision.ruleId()));
    }

    @Test
    void aDscpIsSetInBothIpVersionsForAllOfAFlow() throws Exception {
        install(Tables.of("class", ++revision, """
                "priority": 1, "direction": "both", "default_action": "none",
                "rules": [{"id": "ef", "action": "mark", "priority": 1, "dscp": %d, "conditions": [
                  {"field": "protocol", "operator": "eq", "value": "udp"},
                  {"field": "dest_port", "operator": "eq", "value": %d}]}]""".formatted(DSCP, PORT)));
        for (String address : List.of(TwoHosts.PEER4, TwoHosts.PEER6)) {
            try (FrameTap tap = hosts.peer().call(FrameTap::new);
                    DatagramSocket client = hosts.host().call(() -> new DatagramSocket())) {
                send(client, address, 2); // the second one is of a flow that conntrack knows
                assertThat(datagram(tap)).satisfies(ActionsIT::requireClass);
                assertThat(datagram(tap)).satisfies(ActionsIT::requireClass);
            }
        }
    }

    private Stream<DecisionRecord> audited() {
        return decisions.stream().filter(decision -> decision.verdict() == Verdict.AUDITED);
    }

    private static byte[] datagram(FrameTap tap) {
        return await().until(
                        tap::next, frame -> frame.filter(ActionsIT::isToPort).isPresent())
                .orElseThrow();
    }

    private static boolean isToPort(byte[] frame) {
        int transport = ETHERNET + (isIpv4(frame) ? IPV4 : IPV6);
        return frame.length > transport + 4 && word(frame, transport + 2) == PORT;
    }

    private static void requireClass(byte[] frame) {
        assertThat(word(frame, ETHERNET) >> (isIpv4(frame) ? 2 : 6) & 0x3F).isEqualTo(DSCP);
        if (isIpv4(frame)) {
            int sum = 0;
            for (int at = ETHERNET; at < ETHERNET + IPV4; at += 2) {
                sum += word(frame, at);
            }
            assertThat((sum & 0xFFFF) + (sum >> 16)).as("the checksum holds").isEqualTo(0xFFFF);
        }
    }

    private static boolean isIpv4(byte[] frame) {
        return word(frame, ETHERNET - 2) == 0x0800;
    }

    private static int word(byte[] frame, int at) {
        return (frame[at] & 0xFF) << 8 | frame[at + 1] & 0xFF;
    }

    private RuleTable limit(String of, String per, int perSecond) {
        return Tables.of("rates", ++revision, """
                "priority": 1, "default_action": "none", "rules": [%s]""".formatted(rule(of, per, perSecond)));
    }

    private static String rule(String of, String per, int perSecond) {
        return """
                {"id": "limit", "action": "rate_limit", "priority": 1,
                 "rate_limit": {"per_second": %d, "of": "%s", "per": "%s"},
                 "conditions": [{"field": "dest_port", "operator": "eq", "value": %d}]}""".formatted(perSecond, of, per, PORT);
    }

    private DatagramChannel listen(String address) {
        return hosts.host().call(() -> {
            DatagramChannel channel = DatagramChannel.open(
                    address.indexOf(':') < 0 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
            channel.configureBlocking(false);
            return channel.bind(new InetSocketAddress(address, PORT));
        });
    }

    private DatagramSocket client() {
        return hosts.peer().call(() -> new DatagramSocket());
    }

    private DatagramSocket client(String address) {
        return hosts.peer().call(() -> new DatagramSocket(0, InetAddress.getByName(address)));
    }

    private static void send(DatagramSocket client, String address, int count) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[] {7}, 1, InetAddress.getByName(address), PORT);
        for (int i = 0; i < count; i++) {
            client.send(packet);
        }
    }

    private static int received(DatagramChannel server) throws Exception {
        Thread.sleep(20);
        ByteBuffer buffer = ByteBuffer.allocate(8);
        int count = 0;
        while (server.receive(buffer.clear()) != null) {
            count++;
        }
        return count;
    }

    private void install(RuleTable table) {
        hosts.host().run(() -> datapath.install(table, Tables.identity(table, revision), Instant.now(), Duration.ZERO));
    }
}
