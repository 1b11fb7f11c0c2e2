package io.aegisflux.segmentation.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The process inside a workload's namespace: echoes on the TCP and UDP ports given as arguments and, commanded by lines
 * on its standard input, opens real connections and says how that went, one line each:
 *
 * <pre>
 *   tcp ADDRESS PORT MILLIS         connect, send a byte, get it back
 *   udp ADDRESS PORT MILLIS         send a datagram, get it back
 *   ping ADDRESS MILLIS             ICMP or ICMPv6 echo
 *   open NAME ADDRESS PORT MILLIS   connect and keep
 *   echo NAME MILLIS                send a byte over what was kept, get it back
 * </pre>
 *
 * Answers are {@code ok MICROSECONDS}, {@code silent MICROSECONDS} when nothing came in time, or
 * {@code failed MICROSECONDS REASON}. The end of the input ends it; with {@code --stay} as the first argument it stays.
 */
final class WorkloadMain {
    private static final byte[] HELLO = {42};

    private final Map<String, Socket> kept = new HashMap<>();

    private WorkloadMain() {}

    public static void main(String[] arguments) throws Exception {
        boolean stay = arguments.length > 0 && arguments[0].equals("--stay");
        for (int i = stay ? 1 : 0; i < arguments.length; i++) {
            int port = Integer.parseInt(arguments[i]);
            ServerSocket tcp = new ServerSocket(port);
            DatagramSocket udp = new DatagramSocket(port);
            Thread.ofPlatform().daemon(!stay).start(() -> serve(tcp));
            Thread.ofPlatform().daemon(!stay).start(() -> serve(udp));
        }
        System.out.println("ready");
        WorkloadMain workload = new WorkloadMain();
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            System.out.println(workload.answer(line.split(" ")));
        }
    }

    private String answer(String[] words) {
        long start = System.nanoTime();
        try {
            switch (words[0]) {
                case "tcp" -> {
                    try (Socket socket = connect(words[1], words[2], words[3])) {
                        exchange(socket, words[3]);
                    }
                }
                case "udp" -> datagram(words[1], words[2], words[3]);
                case "ping" -> {
                    if (!InetAddress.getByName(words[1]).isReachable(Integer.parseInt(words[2]))) {
                        throw new SocketTimeoutException("no echo");
                    }
                }
                case "open" -> kept.put(words[1], connect(words[2], words[3], words[4]));
                case "echo" -> exchange(kept.get(words[1]), words[2]);
                default -> throw new IOException("no such command");
            }
            return "ok " + micros(start);
        } catch (SocketTimeoutException e) {
            return "silent " + micros(start);
        } catch (IOException e) {
            return "failed %d %s".formatted(micros(start), e.getMessage());
        }
    }

    private static Socket connect(String address, String port, String millis) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(address, Integer.parseInt(port)), Integer.parseInt(millis));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static void exchange(Socket socket, String millis) throws IOException {
        socket.setSoTimeout(Integer.parseInt(millis));
        socket.getOutputStream().write(HELLO);
        if (socket.getInputStream().read() != HELLO[0]) {
            throw new IOException("the connection was closed");
        }
    }

    private static void datagram(String address, String port, String millis) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(Integer.parseInt(millis));
            socket.connect(new InetSocketAddress(address, Integer.parseInt(port)));
            socket.send(new DatagramPacket(HELLO, HELLO.length));
            socket.receive(new DatagramPacket(new byte[16], 16));
        }
    }

    private static void serve(ServerSocket listener) {
        while (true) {
            try {
                Socket client = listener.accept();
                Thread.ofVirtual().start(() -> {
                    try (client) {
                        client.setTcpNoDelay(true);
                        client.getInputStream().transferTo(client.getOutputStream());
                    } catch (IOException e) {
                        // The client has left.
                    }
                });
            } catch (IOException e) {
                throw new IllegalStateException("cannot accept on " + listener, e);
            }
        }
    }

    private static void serve(DatagramSocket socket) {
        byte[] buffer = new byte[2048];
        while (true) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                socket.send(packet);
            } catch (IOException e) {
                System.err.println(String.format(Locale.ROOT, "not echoed: %s", e.getMessage()));
            }
        }
    }

    private static long micros(long start) {
        return (System.nanoTime() - start) / 1_000;
    }
}
