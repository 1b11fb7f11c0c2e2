package io.aegisflux.segmentation.e2e;

import io.aegisflux.segmentation.e2e.Playground.Place;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A running workload: a process in its namespace and in its host's cgroup, see {@link WorkloadMain}. */
final class Workload implements AutoCloseable {
    private static final String READY = "ready";

    private final Place place;
    private final Process process;
    private final BufferedReader answers;

    private Workload(Place place, Process process) {
        this.place = place;
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Starts one that echoes on these ports and obeys commands until it is closed. */
    static Workload start(Place place, int... ports) {
        try {
            Process process = new ProcessBuilder(command(place, false, ports))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            Workload workload = new Workload(place, process);
            workload.awaitReady();
            return workload;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start the workload " + place.name(), e);
        }
    }

    /**
     * Starts the playground's workloads, which only echo and stay when this process ends: web and api on port 80, db on 5432.
     *
     * @param logs where each writes to a file of its name
     */
    static void leave(Playground playground, Path logs) {
        leave(playground.web(), logs, 80);
        leave(playground.api(), logs, 80);
        leave(playground.db(), logs, 5432);
        for (Place place : List.of(playground.web(), playground.api(), playground.db())) {
            Path log = log(logs, place);
            BusWatch.await(place.name() + " to listen", () -> isReady(log));
        }
    }

    private static void leave(Place place, Path logs, int port) {
        try {
            Process process = new ProcessBuilder(command(place, true, port))
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log(logs, place).toFile())
                    .start();
            joinCgroup(place, process);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start the workload " + place.name(), e);
        }
    }

    private static Path log(Path logs, Place place) {
        return logs.resolve(place.name() + ".log");
    }

    private static boolean isReady(Path log) {
        try {
            return Files.readAllLines(log).contains(READY);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + log, e);
        }
    }

    Place place() {
        return place;
    }

    Attempt tcp(String address, int port, int millis) {
        return ask("tcp %s %d %d".formatted(address, port, millis));
    }

    Attempt udp(String address, int port, int millis) {
        return ask("udp %s %d %d".formatted(address, port, millis));
    }

    Attempt ping(String address, int millis) {
        return ask("ping %s %d".formatted(address, millis));
    }

    /** Opens a connection and keeps it under a name. */
    Attempt open(String name, String address, int port, int millis) {
        return ask("open %s %s %d %d".formatted(name, address, port, millis));
    }

    /** Sends a byte over a kept connection and waits for its echo. */
    Attempt echo(String name, int millis) {
        return ask("echo %s %d".formatted(name, millis));
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }

    private synchronized Attempt ask(String line) {
        try {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
            process.getOutputStream().flush();
            String answer = answers.readLine();
            if (answer == null) {
                throw new IllegalStateException("the workload %s has ended".formatted(place.name()));
            }
            return Attempt.parse(answer);
        } catch (IOException e) {
            throw new UncheckedIOException("the workload %s has ended".formatted(place.name()), e);
        }
    }

    private void awaitReady() throws IOException {
        joinCgroup(place, process);
        String line = answers.readLine();
        if (!READY.equals(line)) {
            throw new IllegalStateException("the workload %s did not start: %s".formatted(place.name(), line));
        }
    }

    private static void joinCgroup(Place place, Process process) throws IOException {
        Files.writeString(
                place.host().cgroup().resolve("cgroup.procs"), Long.toString(process.pid()), StandardOpenOption.WRITE);
    }

    private static List<String> command(Place place, boolean stay, int... ports) {
        List<String> command = new ArrayList<>(place.namespace().enter());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx32m",
                "-cp",
                System.getProperty("java.class.path"),
                WorkloadMain.class.getName()));
        if (stay) {
            command.add("--stay");
        }
        IntStream.of(ports).mapToObj(Integer::toString).forEach(command::add);
        return command;
    }
}
