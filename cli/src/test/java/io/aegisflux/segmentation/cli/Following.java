package io.aegisflux.segmentation.cli;

import io.aegisflux.segmentation.cli.terminal.Stdio;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A run of segctl that goes on, such as a tail, in a thread of its own; closing it closes its stdout, as {@code | head} does. */
final class Following implements AutoCloseable {
    private final Closable out = new Closable();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();

    private Following() {}

    static Following of(String url, String... arguments) {
        return of(false, url, arguments);
    }

    /** As if stdout and stderr were a terminal. */
    static Following onTerminal(String url, String... arguments) {
        return of(true, url, arguments);
    }

    private static Following of(boolean isTerminal, String url, String... arguments) {
        Following following = new Following();
        Stdio stdio = new Stdio(
                InputStream.nullInputStream(),
                new PrintStream(following.out, true, StandardCharsets.UTF_8),
                new PrintStream(following.err, true, StandardCharsets.UTF_8),
                isTerminal,
                isTerminal,
                Map.of("NATS_URL", url),
                Clock.fixed(Run.NOW, ZoneOffset.UTC));
        Thread.ofVirtual().start(() -> {
            try {
                following.exit.complete(Segctl.run(stdio, arguments));
            } catch (Throwable e) {
                following.exit.completeExceptionally(e);
            }
        });
        return following;
    }

    List<String> lines() {
        return out.text().lines().toList();
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /** The exit code, once it has ended. */
    CompletableFuture<Integer> exit() {
        return exit;
    }

    @Override
    public void close() {
        out.close();
    }

    private static final class Closable extends OutputStream {
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        private boolean closed;

        @Override
        public synchronized void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public synchronized void write(byte[] bytes, int from, int length) throws IOException {
            flush();
            written.write(bytes, from, length);
        }

        @Override
        public synchronized void flush() throws IOException {
            if (closed) {
                throw new IOException("nobody reads this any more");
            }
        }

        @Override
        public synchronized void close() {
            closed = true;
        }

        synchronized String text() {
            return written.toString(StandardCharsets.UTF_8);
        }
    }
}
