package io.aegisflux.segmentation.harness;

import static java.util.Objects.requireNonNull;

import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A nats-server process with JetStream and {@code sync_interval: always}, in a store of its own. It can be stopped and
 * started again on the same port and store, as a broker that was away.
 */
public final class NatsServer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Path binary;
    private final Path directory;
    private final String address;
    private final int port;
    private Process process;

    private NatsServer(Path binary, Path directory, String address, int port) {
        this.binary = requireNonNull(binary, "binary is null");
        this.directory = requireNonNull(directory, "directory is null");
        this.address = requireNonNull(address, "address is null");
        this.port = port;
    }

    /** Starts one on a free port of the loopback. */
    public static NatsServer start() {
        return start(freePort());
    }

    /** Starts one on this port of the loopback. */
    public static NatsServer start(int port) {
        return start(NatsBinary.find(), "127.0.0.1", port, "");
    }

    /**
     * Starts one in a temporary directory.
     *
     * @param binary the program
     * @param address to listen on, a literal
     * @param moreConfiguration lines of nats-server configuration that come after ours, empty for none
     */
    public static NatsServer start(Path binary, String address, int port, String moreConfiguration) {
        try {
            return start(binary, address, port, moreConfiguration, Files.createTempDirectory("segmentation-nats-"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot set up a nats-server", e);
        }
    }

    /**
     * Starts one in this directory, which {@link #close()} deletes: its configuration, store and log are below.
     *
     * @param moreConfiguration as above
     */
    public static NatsServer start(Path binary, String address, int port, String moreConfiguration, Path directory) {
        NatsServer server = new NatsServer(binary, directory, address, port);
        server.configure(moreConfiguration);
        server.startAgain();
        return server;
    }

    /**
     * Holds from the next start on, in place of what was given before.
     *
     * @param moreConfiguration as above
     */
    public synchronized void configure(String moreConfiguration) {
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve("nats.conf"), """
                    listen: "%s:%d"
                    jetstream { store_dir: "%s", sync_interval: always }
                    %s
                    """.formatted(
                            address, port, directory.resolve("store"), moreConfiguration));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot set up a nats-server", e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public String url() {
        return "nats://" + address + ":" + port;
    }

    public int port() {
        return port;
    }

    /** The server's own log. */
    public Path log() {
        return directory.resolve("nats.log");
    }

    /** Starts the process, on the port and store it had before, and waits until it answers. */
    public synchronized void startAgain() {
        if (process != null && process.isAlive()) {
            throw new IllegalStateException("the nats-server on port %d runs already".formatted(port));
        }
        try {
            process = new ProcessBuilder(
                            binary.toString(),
                            "-c",
                            directory.resolve("nats.conf").toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + binary, e);
        }
        awaitReady();
    }

    /** Stops it as an operator does: SIGTERM. */
    public synchronized void stop() {
        end(process.toHandle(), false);
    }

    /** SIGKILL. */
    public synchronized void kill() {
        end(process.toHandle(), true);
    }

    @Override
    public synchronized void close() {
        end(process.toHandle(), true);
        Directories.delete(directory);
    }

    /** A port of the loopback that nothing listens on now. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port", e);
        }
    }

    private void awaitReady() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            if (!process.isAlive()) {
                throw new IllegalStateException("nats-server ended at once: " + tail());
            }
            Options options = Options.builder()
                    .server(url())
                    .maxReconnects(0)
                    .connectionTimeout(Duration.ofSeconds(2))
                    .errorListener(new ErrorListener() {})
                    .build();
            try (var connection = Nats.connect(options)) {
                connection.jetStreamManagement().getAccountStatistics();
                return;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for nats-server", e);
            } catch (Exception e) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(
                            "nats-server does not answer on %s: %s".formatted(url(), tail()), e);
                }
                Pause.millis(20);
            }
        }
    }

    private String tail() {
        try {
            List<String> lines = Files.readAllLines(log());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
        } catch (IOException e) {
            return "(no log)";
        }
    }

    private static void end(ProcessHandle handle, boolean atOnce) {
        if (atOnce) {
            handle.destroyForcibly();
        } else {
            handle.destroy();
        }
        try {
            handle.onExit().get(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            handle.destroyForcibly();
        } catch (Exception e) {
            handle.destroyForcibly();
        }
    }
}
