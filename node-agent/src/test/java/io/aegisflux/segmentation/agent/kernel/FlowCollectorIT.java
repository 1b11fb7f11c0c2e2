package io.aegisflux.segmentation.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.aegisflux.segmentation.agent.domain.FlowSample;
import io.aegisflux.segmentation.agent.domain.XdpMode;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.FlowRecord;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.Verdict;
import io.aegisflux.segmentation.harness.NeedsKernel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which connections there were, as the kernel's maps tell after real packets. */
@NeedsKernel
class FlowCollectorIT {
    private static final int PORT = 5432;
    private static final int AUDITED = 5433;

    private TwoHosts hosts;
    private ServerSocket server;
    private ServerSocket other;
    private KernelDatapath datapath;

    @BeforeEach
    void start() {
        hosts = new TwoHosts();
        server = hosts.listen(hosts.host(), PORT);
        other = hosts.listen(hosts.host(), AUDITED);
        datapath = hosts.datapath(XdpMode.OFF);
        hosts.host().run(() -> datapath.load(CompiledObject.bytes(), CompiledObject.digest()));
        install(Tables.of("ports", 4, """
                "priority": 1, "default_action": "none",
                "rules": [
                  {"id": "db", "action": "allow", "priority": 1, "conditions": [
                    {"field": "dest_port", "operator": "eq", "value": 5432}]},
                  {"id": "trial", "action": "deny", "mode": "audit", "priority": 2, "conditions": [
                    {"field": "dest_port", "operator": "eq", "value": 5433}]}]"""));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        other.close();
        hosts.host().run(() -> datapath.remove());
        hosts.close();
    }

    private void install(RuleTable table) {
        hosts.host().run(() -> datapath.install(table, Tables.identity(table, 1), Instant.now(), Duration.ZERO));
    }

    /** Of the sample the rows between the two hosts' IPv4 addresses: neighbours discover each other over IPv6. */
    private List<FlowRecord> flows() {
        FlowSample sample = hosts.host().call(() -> datapath.flows());
        assertThat(sample.complete()).isTrue();
        return sample.flows().stream()
                .filter(flow -> flow.sourceIp().startsWith("198.18.60."))
                .toList();
    }

    @Test
    void tellsEachKindOfConnectionWithHowManyBeganAndWhatDecided() throws IOException {
        assertThat(hosts.reaches(hosts.peer(), TwoHosts.HOST4, PORT)).isTrue();
        assertThat(flows())
                .as("at the first look nobody knows when it began")
                .singleElement()
                .satisfies(flow -> assertThat(flow.count()).isZero());

        for (int i = 0; i < 3; i++) {
            assertThat(hosts.reaches(hosts.peer(), TwoHosts.HOST4, PORT)).isTrue();
        }
        assertThat(hosts.reaches(hosts.peer(), TwoHosts.HOST4, AUDITED)).isTrue();
        assertThat(hosts.pings(hosts.peer(), TwoHosts.HOST4)).isTrue();
        ServerSocket web = hosts.listen(hosts.peer(), 80);
        try (web) {
            assertThat(hosts.reaches(hosts.host(), TwoHosts.PEER4, 80)).isTrue();
        }
        Instant before = Instant.now().minusSeconds(5);
        List<FlowRecord> second = flows();
        assertThat(second)
                .extracting(
                        FlowRecord::direction,
                        FlowRecord::sourceIp,
                        FlowRecord::destIp,
                        FlowRecord::protocol,
                        FlowRecord::destPort,
                        FlowRecord::icmpType,
                        FlowRecord::verdict,
                        FlowRecord::reason,
                        FlowRecord::ruleId,
                        FlowRecord::policyVersion,
                        FlowRecord::count)
                .containsExactlyInAnyOrder(
                        tuple(
                                Direction.INGRESS,
                                TwoHosts.PEER4,
                                TwoHosts.HOST4,
                                "tcp",
                                PORT,
                                null,
                                Verdict.ALLOWED,
                                Reason.RULE_ALLOW,
                                "db",
                                4L,
                                3L),
                        tuple(
                                Direction.INGRESS,
                                TwoHosts.PEER4,
                                TwoHosts.HOST4,
                                "tcp",
                                AUDITED,
                                null,
                                Verdict.AUDITED,
                                Reason.AUDIT_WOULD_DENY,
                                "trial",
                                4L,
                                1L),
                        tuple(
                                Direction.INGRESS,
                                TwoHosts.PEER4,
                                TwoHosts.HOST4,
                                "icmp",
                                null,
                                8,
                                Verdict.ALLOWED,
                                Reason.POSTURE,
                                null,
                                null,
                                1L),
                        tuple(
                                Direction.EGRESS,
                                TwoHosts.HOST4,
                                TwoHosts.PEER4,
                                "tcp",
                                80,
                                null,
                                Verdict.ALLOWED,
                                Reason.POSTURE,
                                null,
                                null,
                                1L));
        assertThat(second).allSatisfy(flow -> {
            assertThat(flow.interfaceName()).isEqualTo("eth0");
            assertThat(flow.last()).isBetween(before, Instant.now());
        });
        assertThat(flows()).as("nothing was sent since").isEmpty();
    }

    @Test
    void tellsAConnectionThatGoesOnAndDoesNotCountItAgain() throws Exception {
        try (Socket open = hosts.peer().call(() -> {
            Socket socket = new Socket();
            socket.connect(new InetSocketAddress(TwoHosts.HOST4, PORT), 5_000);
            return socket;
        })) {
            flows();
            Thread.sleep(1_100); // an entry is touched once a second
            assertThat(TwoHosts.carries(open)).isTrue();
            assertThat(flows()).singleElement().satisfies(flow -> {
                assertThat(flow.destPort()).isEqualTo(PORT);
                assertThat(flow.count()).isZero();
            });
        }
    }

    @Test
    void aConnectionOfAnOlderTableIsToldAsSuchUntilItIsJudgedAgain() {
        assertThat(hosts.reaches(hosts.peer(), TwoHosts.HOST4, PORT)).isTrue();
        install(Tables.denyingPort(1, "ingress", 1));
        install(Tables.denyingPort(2, "ingress", 2));
        assertThat(flows()).singleElement().satisfies(flow -> {
            assertThat(flow.reason()).isEqualTo(Reason.ESTABLISHED);
            assertThat(flow.policyId()).isNull();
        });
    }
}
