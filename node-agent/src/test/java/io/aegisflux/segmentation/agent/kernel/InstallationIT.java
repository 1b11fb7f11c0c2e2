package io.aegisflux.segmentation.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.agent.domain.XdpMode;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.harness.NeedsKernel;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of connections that are there when a host is first protected. */
@NeedsKernel
class InstallationIT {
    /** Above the ephemeral ports, so that nobody takes it for a server's by its number. */
    private static final int HIGH = 65_000;

    private static final int LOW = 80;

    private TwoHosts hosts;
    private KernelDatapath datapath;
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void start() {
        hosts = new TwoHosts();
        datapath = hosts.datapath(XdpMode.OFF);
        for (NetnsThread where : List.of(hosts.host(), hosts.peer())) {
            for (int port : List.of(LOW, HIGH)) {
                ServerSocket server = hosts.listen(where, port);
                open.add(server);
            }
        }
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
        hosts.host().run(() -> datapath.remove());
        hosts.close();
    }

    @Test
    void cutsNoConnectionThatWasOpenBeforeAndRefusesNewOnes() throws IOException {
        List<Socket> sockets = connections();
        load();
        installDenyingAll(1);
        assertThat(sockets).allMatch(TwoHosts::carries);
        assertThat(hosts.connects(hosts.peer(), TwoHosts.HOST4, LOW)).isFalse();
        assertThat(hosts.connects(hosts.host(), TwoHosts.PEER4, LOW)).isFalse();
        assertThat(hosts.connects(hosts.peer(), TwoHosts.HOST6, HIGH)).isFalse();
        assertThat(sockets).allMatch(TwoHosts::carries);
    }

    @Test
    void cutsNoConnectionThatOpensBetweenLoadingAndTheFirstTable() throws IOException {
        load();
        List<Socket> sockets = connections();
        installDenyingAll(1);
        assertThat(sockets).allMatch(TwoHosts::carries);
    }

    @Test
    void theSecondTableRevokesWhatItDenies() throws IOException {
        List<Socket> sockets = connections();
        load();
        installDenyingAll(1);
        assertThat(sockets).allMatch(TwoHosts::carries);
        installDenyingAll(2);
        assertThat(sockets).noneMatch(TwoHosts::carries);
    }

    @Test
    void theSecondTableJudgesByWhoOpenedTheConnection() throws IOException {
        Socket fromPeer = connect(hosts.peer(), TwoHosts.HOST4, HIGH);
        Socket fromHost = connect(hosts.host(), TwoHosts.PEER4, HIGH);
        load();
        installDenyingAll(1);
        install(Tables.of("in", 2, """
                "priority": 1, "direction": "both", "default_action": "deny",
                "rules": [{"id": "in", "action": "allow", "priority": 1, "direction": "ingress", "conditions": [
                  {"field": "dest_port", "operator": "eq", "value": %d},
                  {"field": "interface", "operator": "eq", "value": "eth0"}]}]""".formatted(HIGH)), 2);
        assertThat(TwoHosts.carries(fromPeer)).isTrue();
        assertThat(TwoHosts.carries(fromHost)).isFalse();
    }

    @Test
    void answersToAConnectedUdpSocketGoOn() throws Exception {
        DatagramSocket client = keep(hosts.host().call(() -> new DatagramSocket()));
        DatagramSocket server =
                keep(hosts.peer().call(() -> new DatagramSocket(5353, InetAddress.getByName(TwoHosts.PEER4))));
        client.connect(InetAddress.getByName(TwoHosts.PEER4), 5353);
        load();
        installDenyingAll(1);
        InetAddress host = InetAddress.getByName(TwoHosts.HOST4);
        server.send(new DatagramPacket(new byte[] {7}, 1, host, client.getLocalPort()));
        DatagramPacket received = new DatagramPacket(new byte[1], 1);
        client.setSoTimeout(5_000);
        client.receive(received);
        assertThat(received.getData()).containsExactly(7);
    }

    private List<Socket> connections() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        for (int port : List.of(LOW, HIGH)) {
            sockets.add(connect(hosts.peer(), TwoHosts.HOST4, port));
            sockets.add(connect(hosts.peer(), TwoHosts.HOST6, port));
            sockets.add(connect(hosts.host(), TwoHosts.PEER4, port));
            sockets.add(connect(hosts.host(), TwoHosts.PEER6, port));
        }
        assertThat(sockets).allMatch(TwoHosts::carries);
        return sockets;
    }

    private Socket connect(NetnsThread from, String address, int port) {
        return keep(from.call(() -> new Socket(address, port)));
    }

    private <T extends AutoCloseable> T keep(T closeable) {
        open.add(closeable);
        return closeable;
    }

    private void load() {
        hosts.host().run(() -> datapath.load(CompiledObject.bytes(), CompiledObject.digest()));
    }

    private void installDenyingAll(long revision) {
        install(Tables.of("nothing", revision, """
                "priority": 1, "direction": "both", "default_action": "deny", "rules": []"""), revision);
    }

    private void install(RuleTable table, long revision) {
        hosts.host().run(() -> datapath.install(table, Tables.identity(table, revision), Instant.now(), Duration.ZERO));
    }
}
