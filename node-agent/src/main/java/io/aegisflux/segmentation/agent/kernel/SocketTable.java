package io.aegisflux.segmentation.agent.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The connections of this network namespace's sockets, as {@code /proc/net/tcp}, {@code udp} and their likes for IPv6
 * list them.
 */
final class SocketTable {
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int LOCAL = 1; // columns
    private static final int REMOTE = 2;
    private static final int STATE = 3;
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xFF, (byte) 0xFF};

    private SocketTable() {}

    /**
     * A connection.
     *
     * @param outgoing as this host sends
     * @param isOpenedHere not by the other side
     * @param state never that of a handshake, nor of a flow that is over
     */
    record Connection(FlowTuple outgoing, boolean isOpenedHere, FlowState state) {}

    /** Reads the connections; those in a handshake, those that only wait for their ports to cool down and those with
     * oneself are left out. */
    static List<Connection> read() throws IOException {
        // not /proc/net, which is that of the process's first thread
        return read(Path.of("/proc/thread-self/net"));
    }

    static List<Connection> read(Path directory) throws IOException {
        List<Connection> connections = new ArrayList<>();
        connections.addAll(read(directory, "tcp", TCP));
        connections.addAll(read(directory, "udp", UDP));
        return connections;
    }

    /** Who accepts has a socket that waits on the same port; it may wait on both IP versions with one of IPv6. */
    private static List<Connection> read(Path directory, String name, int protocol) throws IOException {
        List<Socket> sockets = new ArrayList<>();
        for (String file : List.of(name, name + "6")) {
            Path path = directory.resolve(file);
            if (Files.exists(path)) { // there is no IPv6 on every host
                try (Stream<String> lines = Files.lines(path)) {
                    lines.skip(1).map(SocketTable::socket).forEach(sockets::add);
                }
            }
        }
        Set<Integer> waiting = new HashSet<>();
        for (Socket socket : sockets) {
            if (socket.isWaiting(protocol)) {
                waiting.add(socket.local.port);
            }
        }
        return sockets.stream()
                .flatMap(socket -> socket.connection(protocol, waiting).stream())
                .toList();
    }

    /** A line: {@code sl local_address rem_address st ...}. */
    private static Socket socket(String line) {
        String[] columns = line.strip().split(" +", STATE + 2);
        return new Socket(end(columns[LOCAL]), end(columns[REMOTE]), Integer.parseInt(columns[STATE], 16));
    }

    /** Words of the address as the host reads them, and the port: {@code 0100007F:1F90}. */
    private static End end(String text) {
        int colon = text.indexOf(':');
        byte[] words = HexFormat.of().parseHex(text, 0, colon);
        ByteBuffer address = ByteBuffer.allocate(words.length).order(ByteOrder.nativeOrder());
        ByteBuffer read = ByteBuffer.wrap(words);
        while (read.hasRemaining()) {
            address.putInt(read.getInt());
        }
        return new End(unmapped(address.array()), Integer.parseInt(text, colon + 1, text.length(), 16));
    }

    private static byte[] unmapped(byte[] address) {
        boolean isMapped = address.length == 16 && Arrays.equals(address, 0, MAPPED.length, MAPPED, 0, MAPPED.length);
        return isMapped ? Arrays.copyOfRange(address, MAPPED.length, address.length) : address;
    }

    private record End(byte[] address, int port) {}

    /** States are numbered as in include/net/tcp_states.h, also for UDP: 1 is connected, 7 is not. */
    private record Socket(End local, End remote, int state) {
        boolean isWaiting(int protocol) {
            return protocol == TCP ? state == 10 : state == 7;
        }

        Optional<Connection> connection(int protocol, Set<Integer> waiting) {
            Optional<FlowState> flow = flowState();
            if (flow.isEmpty() || Arrays.equals(local.address, remote.address)) {
                return Optional.empty();
            }
            return Optional.of(new Connection(
                    new FlowTuple(local.address, local.port, remote.address, remote.port, protocol),
                    !waiting.contains(local.port),
                    flow.get()));
        }

        private Optional<FlowState> flowState() {
            return switch (state) {
                case 1 -> Optional.of(FlowState.ESTABLISHED);
                case 4, 5, 8 -> Optional.of(FlowState.CLOSING); // FIN_WAIT1, FIN_WAIT2, CLOSE_WAIT
                default -> Optional.empty();
            };
        }
    }
}
