package io.aegisflux.segmentation.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A packaged service of this repository as a process of its own, with its log in a file. */
public final class ServiceProcess implements AutoCloseable {
    private final String name;
    private final Process process;
    private final String http;
    private final Path log;

    private ServiceProcess(String name, Process process, String http, Path log) {
        this.name = name;
        this.process = process;
        this.http = http;
        this.log = log;
    }

    /**
     * Starts a service on a free port of the loopback.
     *
     * @param module the folder of the service, packaged
     * @param environment added to this process' own
     * @param log the file its output is appended to
     */
    public static ServiceProcess start(String module, Map<String, String> environment, Path log) {
        return start(module, List.of(), environment, log);
    }

    /**
     * As {@link #start(String, Map, Path)}.
     *
     * @param jvmOptions options of the JVM, after those of every service under test: of equal ones the last counts
     */
    public static ServiceProcess start(
            String module, List<String> jvmOptions, Map<String, String> environment, Path log) {
        int port = NatsServer.freePort();
        Map<String, String> all = new HashMap<>(environment);
        all.putIfAbsent("QUARKUS_HTTP_HOST", "127.0.0.1");
        all.putIfAbsent("QUARKUS_HTTP_PORT", Integer.toString(port));
        return start(List.of(), module, jvmOptions, all, "http://127.0.0.1:" + all.get("QUARKUS_HTTP_PORT"), log);
    }

    /**
     * Starts a service behind a command that enters a namespace.
     *
     * @param prefix what stands before {@code java}, e.g. {@code nsenter --net=…}
     * @param jvmOptions options of the JVM
     * @param http where its HTTP is reached from here
     */
    public static ServiceProcess start(
            List<String> prefix,
            String module,
            List<String> jvmOptions,
            Map<String, String> environment,
            String http,
            Path log) {
        Path jar = Repository.root().resolve(module).resolve("target/quarkus-app/quarkus-run.jar");
        if (!Files.exists(jar)) {
            throw new IllegalStateException("%s is not packaged: ./mvnw -pl %s package".formatted(jar, module));
        }
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx128m"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(jvmOptions);
        command.addAll(List.of("-jar", jar.toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        try {
            return new ServiceProcess(module, builder.start(), http, log);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + module, e);
        }
    }

    /**
     * Waits until it says it is ready.
     *
     * @throws IllegalStateException when it ended or the time is over, with the end of its log
     */
    public ServiceProcess awaitReady(Duration patience) {
        return awaitOk("/q/health/ready", patience);
    }

    /** As {@link #awaitReady(Duration)}, for half a minute. */
    public ServiceProcess awaitReady() {
        return awaitReady(Duration.ofSeconds(30));
    }

    /** Waits until this path answers 200. */
    public ServiceProcess awaitOk(String path, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!answersOk(path)) {
            if (!process.isAlive()) {
                throw new IllegalStateException("%s ended with %d:%n%s".formatted(name, process.exitValue(), tail()));
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("%s is not ready after %s:%n%s".formatted(name, patience, tail()));
            }
            Pause.millis(25);
        }
        return this;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /** Where its HTTP is reached. */
    public String http() {
        return http;
    }

    public Path log() {
        return log;
    }

    /** The body of a GET, whatever the status. */
    public String get(String path) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request(path), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException("%s does not answer on %s%s".formatted(name, http, path), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** SIGKILL, and waits for the end. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Waits for it to end by itself. */
    public int awaitEnd() {
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("%s does not end:%n%s".formatted(name, tail()));
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** SIGTERM, and SIGKILL after ten seconds. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private boolean answersOk(String path) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request(path), HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create(http + path))
                .timeout(Duration.ofSeconds(3))
                .build();
    }

    /** The end of its log. */
    public String tail() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 25), lines.size()));
        } catch (IOException e) {
            return "(no log)";
        }
    }
}
