package io.aegisflux.segmentation.e2e;

import io.aegisflux.segmentation.harness.Directories;
import io.aegisflux.segmentation.harness.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code ./dev up} and {@code ./dev down}: the suite of the demo, left running until it is told to stop. Process ids, keys,
 * state and logs lie in {@code target/up} of the checkout.
 */
final class Cluster {
    private static final String NAME = "aegisup";
    private static final int NET = 70;

    private Cluster() {}

    public static void main(String[] arguments) throws IOException {
        switch (arguments.length == 1 ? arguments[0] : "") {
            case "up" -> up();
            case "down" -> down();
            default -> throw new IllegalArgumentException("up or down is wanted");
        }
    }

    private static void up() throws IOException {
        if (Files.exists(pids())) {
            System.err.println("It is up already: ./dev down stops it.");
            System.exit(1);
        }
        Directories.delete(directory());
        Suite suite = null;
        boolean done = false;
        try {
            Playground playground = Playground.create(NAME, NET);
            suite = Suite.start(playground, directory());
            System.out.println("✔ nats               " + suite.nats().url());
            suite.startServices();
            for (String service : List.of("policy-service", "builder-service", "telemetry-service")) {
                System.out.printf(
                        "✔ %-18s %s%n", service, suite.process(service).http());
            }
            System.out.printf(
                    "✔ dashboard          %s/%n",
                    suite.process("telemetry-service").http());
            suite.startAgents();
            for (Host host : List.of(playground.hostA(), playground.hostB())) {
                System.out.printf(
                        "✔ node-agent %-7s %s/status%n",
                        host.id(), suite.process(host.id()).http());
            }
            Workload.leave(playground, suite.logs());
            Files.write(pids(), suite.pids().stream().map(String::valueOf).toList());
            System.out.printf(
                    """

                    Workloads: web %s, api %s (on host-a), db %s (on host-b) echo on TCP and UDP 80, 80 and 5432.
                      export NATS_URL=%s
                      cli/target/segctl demo
                      cli/target/segctl policy apply -f examples/web-db.json
                      cli/target/segctl events -f
                      nsenter --net=/run/netns/%s-web bash -c 'echo hi > /dev/tcp/%s/5432'
                    Logs: target/up/logs. ./dev down stops it and removes every trace.
                    """,
                    playground.web().ipv4(),
                    playground.api().ipv4(),
                    playground.db().ipv4(),
                    suite.nats().url(),
                    NAME,
                    playground.db().ipv4());
            done = true;
        } finally {
            if (!done) {
                if (suite != null) {
                    suite.close();
                }
                down();
            }
        }
    }

    private static void down() throws IOException {
        if (Files.exists(pids())) {
            for (String pid : Files.readAllLines(pids())) {
                ProcessHandle.of(Long.parseLong(pid)).filter(Cluster::isOurs).ifPresent(process -> {
                    process.destroyForcibly();
                    process.onExit().join();
                });
            }
        }
        Playground.remove(NAME);
        Directories.delete(directory());
    }

    /** A process id may have been given to another since; ours carry the checkout in their command line. */
    private static boolean isOurs(ProcessHandle process) {
        String root = Repository.root().toString();
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"))
                    .contains(root);
        } catch (IOException e) {
            return false;
        }
    }

    private static Path directory() {
        return Repository.root().resolve("target/up");
    }

    private static Path pids() {
        return directory().resolve("pids");
    }
}
