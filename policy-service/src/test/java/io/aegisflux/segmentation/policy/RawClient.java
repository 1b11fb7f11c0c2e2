package io.aegisflux.segmentation.policy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/** Speaks NATS over a socket, for what client libraries refuse to send. */
final class RawClient implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    RawClient(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(5_000);
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
        line();
        send("CONNECT {\"verbose\":false,\"pedantic\":false,\"protocol\":1}\r\n");
    }

    void subscribe(String subject) throws IOException {
        send("SUB " + subject + " 1\r\n");
    }

    void publish(String subject, String replyTo, byte[] body) throws IOException {
        send("PUB %s %s %d\r\n".formatted(subject, replyTo, body.length));
        out.write(body);
        send("\r\n");
    }

    /** Begins a publish and leaves its body away: the server judges by the size alone. */
    void announce(String subject, int bytes) throws IOException {
        send("PUB %s %d\r\n".formatted(subject, bytes));
    }

    /** The next line from the server that is no PING; null at the end. */
    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                return null;
            }
            line.append((char) c);
        }
        return line.toString().startsWith("PING") ? line() : line.toString().strip();
    }

    /** The payload of the message whose header line was read: {@code MSG} or {@code HMSG}, without its headers. */
    String payload(String header) throws IOException {
        String[] words = header.split(" ");
        int total = Integer.parseInt(words[words.length - 1]);
        int headers = words[0].equals("HMSG") ? Integer.parseInt(words[words.length - 2]) : 0;
        return new String(in.readNBytes(total), headers, total - headers, US_ASCII);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void send(String text) throws IOException {
        out.write(text.getBytes(US_ASCII));
        out.flush();
    }
}
