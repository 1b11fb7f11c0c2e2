package io.aegisflux.segmentation.cli.demo;

import io.aegisflux.segmentation.cli.terminal.Cell;
import io.aegisflux.segmentation.cli.terminal.Glyph;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Locale;

/** How a real connection went. */
sealed interface Attempt {
    /** It was made. */
    record Connected(Duration after) implements Attempt {}

    /** Nothing came back in time. */
    record Silent(Duration after) implements Attempt {}

    /** It was refused. */
    record Refused(Duration after, String reason) implements Attempt {}

    /** Tries one from the network namespace of this thread. */
    static Attempt tcp(String address, int port, Duration patience) {
        long begin = System.nanoTime();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), Math.toIntExact(patience.toMillis()));
            return new Connected(since(begin));
        } catch (SocketTimeoutException e) {
            return new Silent(since(begin));
        } catch (IOException e) {
            return new Refused(since(begin), e.getMessage());
        }
    }

    /** For people. */
    default Cell shown() {
        return switch (this) {
            case Connected(Duration after) -> Glyph.YES.with("connected in " + millis(after));
            case Silent(Duration after) -> Glyph.NO.with("no answer in " + millis(after));
            case Refused(Duration after, String reason) ->
                Glyph.NO.with("refused after %s (%s)".formatted(millis(after), reason));
        };
    }

    private static Duration since(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private static String millis(Duration duration) {
        return String.format(Locale.ROOT, "%.1f ms", duration.toNanos() / 1e6);
    }
}
