package io.aegisflux.segmentation.e2e;

import io.aegisflux.segmentation.harness.Directories;
import io.aegisflux.segmentation.harness.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The demo of {@code ./dev demo}: the suite on two hosts of namespaces, and in it {@code segctl demo}, one policy and real
 * connections. Each step must hold, or it ends with status 1; whatever the end, nothing of it stays.
 */
final class Demo {
    private static final String NAME = "aegisdm";

    private final Path directory = Repository.root().resolve("target/demo");
    private volatile Suite running;
    private volatile Process segctl;

    private Demo() {}

    public static void main(String[] arguments) throws Exception {
        System.exit(new Demo().run() ? 0 : 1);
    }

    private boolean run() throws IOException {
        Thread cleanUp = new Thread(this::cleanUp);
        Runtime.getRuntime().addShutdownHook(cleanUp);
        Directories.delete(directory);
        try (Playground playground =
                        step("two hosts and three workloads in network namespaces", () -> Playground.create(NAME, 74));
                Suite suite = step("nats-server with JetStream", () -> Suite.start(playground, directory))) {
            running = suite;
            step("policy-service, builder-service, telemetry-service", () -> {
                suite.startServices();
                return null;
            });
            step("node-agents on host-a and host-b: clang builds, the kernel verifies, programs attach", () -> {
                suite.startAgents();
                return null;
            });
            Workload.leave(playground, suite.logs());
            say("");
            if (!isToldBySegctl(suite.nats().url())) {
                throw new StepFailedException("segctl demo did not hold");
            }
            say("");
            say("Nothing of the suite stays either; './dev up' leaves it running and prints its addresses.");
            return true;
        } catch (StepFailedException e) {
            say("✖ " + e.getMessage());
            keepLogs();
            return false;
        }
    }

    /** The story itself is segctl's: the playground has what it needs to try real connections. */
    private boolean isToldBySegctl(String url) {
        try {
            segctl = new ProcessBuilder(
                            Repository.root().resolve("cli/target/segctl").toString(), "demo", "-s", url)
                    .inheritIO()
                    .start();
            return segctl.waitFor() == 0;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start segctl", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static <T> T step(String what, Supplier<T> work) {
        long start = System.nanoTime();
        System.out.print("… " + what);
        System.out.flush();
        try {
            T result = work.get();
            System.out.printf(Locale.ROOT, "%s✔ %s (%.1f s)%n", clearLine(), what, (System.nanoTime() - start) / 1e9);
            return result;
        } catch (RuntimeException e) {
            System.out.println();
            throw new StepFailedException(what + ": " + e.getMessage());
        }
    }

    /** Back to the line's start on a terminal, a new line elsewhere. */
    private static String clearLine() {
        return System.console() != null && System.console().isTerminal() ? "\r" : "\n";
    }

    private static void say(String line) {
        System.out.println(line);
    }

    private void keepLogs() {
        say("  the logs are in " + Repository.root().relativize(directory).resolve("logs"));
    }

    /**
     * Interrupted: segctl deletes its policy, services get the time to end by themselves, then nothing that this program
     * started or made stays.
     */
    private void cleanUp() {
        Process story = segctl;
        if (story != null) {
            story.destroy();
            story.onExit().completeOnTimeout(story, 10, TimeUnit.SECONDS).join();
        }
        Suite suite = running;
        if (suite != null) {
            suite.close();
        }
        Playground.remove(NAME);
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    }

    private static final class StepFailedException extends RuntimeException {
        StepFailedException(String message) {
            super(message);
        }
    }
}
