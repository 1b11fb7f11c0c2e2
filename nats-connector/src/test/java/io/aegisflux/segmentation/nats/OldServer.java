package io.aegisflux.segmentation.nats;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** The greeting of a nats-server 2.9.10, which no package of today brings; enough for a client to learn its version. */
final class OldServer {
    private static final String INFO = "INFO {\"server_id\":\"OLD\",\"server_name\":\"old\",\"version\":\"2.9.10\","
            + "\"go\":\"go1.19\",\"host\":\"127.0.0.1\",\"port\":4222,\"headers\":true,\"max_payload\":1048576,"
            + "\"jetstream\":true,\"proto\":1,\"client_id\":1}\r\n";

    private OldServer() {}

    static void serve(ServerSocket listener) {
        while (!listener.isClosed()) {
            try (Socket client = listener.accept()) {
                client.getOutputStream().write(INFO.getBytes(StandardCharsets.US_ASCII));
                var lines =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith("PING")) {
                        client.getOutputStream().write("PONG\r\n".getBytes(StandardCharsets.US_ASCII));
                    }
                }
            } catch (IOException e) {
                // The client or the test has left.
            }
        }
    }
}
