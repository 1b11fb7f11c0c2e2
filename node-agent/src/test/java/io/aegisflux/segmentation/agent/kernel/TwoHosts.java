package io.aegisflux.segmentation.agent.kernel;

import io.aegisflux.segmentation.agent.domain.XdpMode;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.harness.Command;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A host that is protected and a peer, two network namespaces joined by a veth pair; the host's end is {@code eth0}. */
final class TwoHosts implements AutoCloseable {
    static final String HOST4 = "198.18.60.1";
    static final String PEER4 = "198.18.60.2";
    static final String HOST6 = "fd77:60::1";
    static final String PEER6 = "fd77:60::2";

    /** Several runs of the tests do not meet. */
    private static final long RUN = ProcessHandle.current().pid();

    private static final String HOST = "aegik-host-" + RUN;
    private static final String PEER = "aegik-peer-" + RUN;
    private static final Path PINS = Path.of("/sys/fs/bpf/aegik-test-" + RUN);

    private final NetnsThread host;
    private final NetnsThread peer;

    TwoHosts() {
        remove();
        for (String name : List.of(HOST, PEER)) {
            Command.run("ip", "netns", "add", name);
            ip(name, "link", "set", "lo", "up");
        }
        join();
        host = new NetnsThread(HOST);
        peer = new NetnsThread(PEER);
    }

    /** Makes the veth pair, again after {@link #cut()}. */
    void join() {
        ip(HOST, "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", PEER);
        address(HOST, HOST4, HOST6);
        address(PEER, PEER4, PEER6);
    }

    /** Removes the veth pair. */
    void cut() {
        ip(HOST, "link", "del", "eth0");
    }

    void ip(String namespace, String... arguments) {
        String[] command = new String[arguments.length + 3];
        command[0] = "ip";
        command[1] = "-n";
        command[2] = namespace;
        System.arraycopy(arguments, 0, command, 3, arguments.length);
        Command.run(command);
    }

    void ipOfHost(String... arguments) {
        ip(HOST, arguments);
    }

    void ipOfPeer(String... arguments) {
        ip(PEER, arguments);
    }

    /** Runs a command in the host's network. */
    String onHost(String... command) {
        return inside(HOST, command);
    }

    /** Starts a command in the host's network. Its errors go where those of the tests go. */
    Process startOnHost(List<String> command) throws IOException {
        List<String> all = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + HOST));
        all.addAll(command);
        return new ProcessBuilder(all)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Runs a command in the peer's network. */
    String onPeer(String... command) {
        return inside(PEER, command);
    }

    private static String inside(String namespace, String... command) {
        List<String> all = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + namespace));
        all.addAll(List.of(command));
        return Command.run(all.toArray(String[]::new));
    }

    /** What runs on the host's thread sees the host's network. */
    NetnsThread host() {
        return host;
    }

    NetnsThread peer() {
        return peer;
    }

    Path pins() {
        return PINS;
    }

    KernelDatapath.Places places(XdpMode xdp) {
        return new KernelDatapath.Places(PINS, List.of("eth0"), Optional.empty(), xdp, Action.ALLOW);
    }

    /** A datapath of the host's; its methods are to be called on the host's thread. */
    KernelDatapath datapath(XdpMode xdp) {
        return host.call(() -> KernelDatapath.of(places(xdp), Clock.systemUTC()));
    }

    ServerSocket listen(NetnsThread where, int port) {
        return where.call(() -> {
            ServerSocket server = new ServerSocket(port);
            Thread.ofPlatform().daemon().start(() -> echo(server));
            return server;
        });
    }

    /** Whether a TCP connection comes about and carries a byte there and back, however busy the machine is. */
    boolean reaches(NetnsThread from, String address, int port) {
        return connects(from, address, port, 5_000);
    }

    /** As {@link #reaches}, with the patience of one who expects that it does not. */
    boolean connects(NetnsThread from, String address, int port) {
        return connects(from, address, port, 300);
    }

    private boolean connects(NetnsThread from, String address, int port, int millis) {
        return from.call(() -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, port), millis);
                return carries(socket);
            } catch (IOException e) {
                return false;
            }
        });
    }

    /** Whether an open connection carries a byte there and back. */
    static boolean carries(Socket socket) {
        try {
            socket.setSoTimeout(1_000);
            socket.getOutputStream().write(7);
            return socket.getInputStream().read() == 7;
        } catch (IOException e) {
            return false;
        }
    }

    /** Connects from a bash in the host's network and in this cgroup; returns its complaint, empty when it worked. */
    String bashConnects(Path cgroup, String address, int port) {
        return Command.attempt(List.of(
                        "nsenter",
                        "--net=/run/netns/" + HOST,
                        "bash",
                        "-c",
                        "echo $$ > '%s/cgroup.procs'; exec 3<>/dev/tcp/%s/%d".formatted(cgroup, address, port)))
                .output();
    }

    /** Whether an ICMP or ICMPv6 echo is answered. */
    boolean pings(NetnsThread from, String address) {
        return from.call(() -> InetAddress.getByName(address).isReachable(1_000));
    }

    @Override
    public void close() {
        host.close();
        peer.close();
        remove();
    }

    private static void remove() {
        for (String name : List.of(HOST, PEER)) {
            Command.attempt(List.of("ip", "netns", "del", name));
        }
        if (Files.isDirectory(PINS)) {
            Command.run("find", PINS.toString(), "-depth", "-delete");
        }
    }

    private void address(String namespace, String ipv4, String ipv6) {
        ip(namespace, "addr", "add", ipv4 + "/24", "dev", "eth0");
        ip(namespace, "-6", "addr", "add", ipv6 + "/64", "dev", "eth0", "nodad");
        ip(namespace, "link", "set", "eth0", "up");
    }

    private static void echo(ServerSocket server) {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Thread.ofPlatform().daemon().start(() -> {
                    try (client) {
                        client.getInputStream().transferTo(client.getOutputStream());
                    } catch (IOException e) {
                        // the client has left
                    }
                });
            } catch (IOException e) {
                return; // closed
            }
        }
    }
}
