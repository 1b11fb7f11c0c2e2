package io.aegisflux.segmentation.agent.kernel;

import io.aegisflux.segmentation.contracts.RuleTable;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * UDP from the peer to many ports of the host, as fast as it goes, and the tables that judge it: in each, a rule of its own
 * for each port, which denies what it allows in the next one. From version and port it can be told what the verdict had to
 * be.
 */
final class Flood implements AutoCloseable {
    /** TCP that every table allows. */
    static final int KEPT = 7_000;

    /** UDP that every table denies. */
    static final int NEVER = 7_001;

    /** The first of its ports; the next follow it. */
    static final int FIRST = 10_000;

    static final int PORTS = 200;

    private final Thread sender;
    private volatile boolean isClosed;
    private long sent;

    /** Begins to send. */
    Flood(TwoHosts hosts) {
        DatagramSocket socket = hosts.peer().call(() -> new DatagramSocket());
        sender = Thread.ofPlatform().daemon().start(() -> send(socket));
    }

    /** The table of a version of the policy {@code ports}. */
    static RuleTable table(long version) {
        String rules = IntStream.range(FIRST, FIRST + PORTS)
                .mapToObj(port -> rule("port-" + port, isDenied(port, version) ? "deny" : "allow", "udp", port))
                .collect(Collectors.joining(","));
        return Tables.of("ports", version, """
                "priority": 1, "default_action": "deny", "rules": [%s, %s, %s]""".formatted(
                        rule("kept", "allow", "tcp", KEPT), rule("never", "deny", "udp", NEVER), rules));
    }

    /** Whether the table of a version denies a port of the flood. */
    static boolean isDenied(int port, long version) {
        return port == NEVER || (port + version) % 2 == 0;
    }

    /** Ends it. */
    @Override
    public void close() {
        stop();
    }

    /** Stops sending; returns how many were sent. */
    long stop() {
        isClosed = true;
        try {
            sender.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return sent;
    }

    private void send(DatagramSocket socket) {
        try (socket) {
            DatagramPacket packet = new DatagramPacket(new byte[] {7}, 1, InetAddress.getByName(TwoHosts.HOST4), NEVER);
            while (!isClosed) {
                long next = sent++ % (PORTS + 1);
                packet.setPort(next == PORTS ? NEVER : FIRST + (int) next);
                socket.send(packet);
            }
        } catch (IOException e) {
            throw new IllegalStateException("the flood has ended early", e);
        }
    }

    private static String rule(String id, String action, String protocol, int port) {
        return """
                {"id": "%s", "action": "%s", "priority": 1, "conditions": [
                  {"field": "protocol", "operator": "eq", "value": "%s"},
                  {"field": "dest_port", "operator": "eq", "value": %d}]}""".formatted(id, action, protocol, port);
    }
}
