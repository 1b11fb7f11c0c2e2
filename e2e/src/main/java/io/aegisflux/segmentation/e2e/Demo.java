package io.aegisflux.segmentation.e2e;

import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.PolicyUpdate;
import io.aegisflux.segmentation.contracts.Verdict;
import io.aegisflux.segmentation.harness.Directories;
import io.aegisflux.segmentation.harness.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * The demo of {@code ./dev demo}: the suite on two hosts of namespaces, one policy, real connections. Each step must
 * hold, or it ends with status 1; whatever the end, nothing of it stays.
 */
final class Demo {
    private static final String NAME = "aegisdm";
    private static final int DB_PORT = 5432;
    private static final int PATIENCE_MILLIS = 400;

    private final Path directory = Repository.root().resolve("target/demo");
    private volatile Suite running;

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
            try (BusWatch bus = BusWatch.on(suite.nats().url());
                    Workload web = Workload.start(playground.web());
                    Workload api = Workload.start(playground.api());
                    Workload db = Workload.start(playground.db(), DB_PORT)) {
                show(bus, web, api, db);
            }
            say("");
            say("Every step held. Nothing of this stays. Next:");
            say("  ./dev up                       leaves the same suite running and prints its addresses");
            say("  docs/policy-language.md        what a policy can say");
            say("  docs/messages.md               every subject and message");
            return true;
        } catch (StepFailedException e) {
            say("✖ " + e.getMessage());
            keepLogs();
            return false;
        }
    }

    private void show(BusWatch bus, Workload web, Workload api, Workload db) throws IOException {
        String target = db.place().ipv4();
        web.tcp(target, DB_PORT, 2_000); // the first connection pays for ARP and class loading
        api.tcp(target, DB_PORT, 2_000);

        say("");
        say("1  No policy yet");
        expect("web → db:5432", web.tcp(target, DB_PORT, PATIENCE_MILLIS), true);
        expect("api → db:5432", api.tcp(target, DB_PORT, PATIENCE_MILLIS), true);

        say("2  Publish examples/web-db.json to segmentation.policies.web-db (a plain NATS publish)");
        byte[] document = Files.readAllBytes(Repository.root().resolve("examples/web-db.json"));
        long published = System.nanoTime();
        bus.publish("web-db", document);
        PolicyUpdate created = applied(bus, "created");
        say(
                "   host-b enforces web-db version %d, %.1f ms after the publish",
                created.version(), millisSince(published));

        say("3  The same connections again");
        expect("web → db:5432", web.tcp(target, DB_PORT, PATIENCE_MILLIS), false);
        expect("api → db:5432", api.tcp(target, DB_PORT, PATIENCE_MILLIS), true);

        say("4  Why? The bus says it, on segmentation.events.host-b");
        FlowEvent event = bus.awaitEvent(
                "the event of the drop",
                each -> each.verdict() == Verdict.DROPPED
                        && web.place().ipv4().equals(each.sourceIp())
                        && each.destPort() == DB_PORT);
        say(
                "   %s %s → %s:%d %s  ✖ DROPPED  %s@v%d/%s  %s  %s",
                event.hostId(),
                event.sourceIp(),
                event.destIp(),
                event.destPort(),
                event.protocol(),
                event.policyId(),
                event.policyVersion(),
                event.ruleId(),
                event.hook().wireName(),
                event.reason());
        require("web-db".equals(String.valueOf(event.policyId())), "the event names the policy web-db");
        require("deny-others".equals(event.ruleId()), "the event names the rule deny-others");
        require(Long.valueOf(1).equals(event.policyVersion()), "the event names version 1");

        say("5  Delete the policy: an empty publish on the same subject");
        published = System.nanoTime();
        bus.publish("web-db", new byte[0]);
        applied(bus, "deleted");
        say("   host-b let go of it %.1f ms after the publish", millisSince(published));
        expect("web → db:5432", web.tcp(target, DB_PORT, PATIENCE_MILLIS), true);
    }

    private static PolicyUpdate applied(BusWatch bus, String action) {
        return bus.awaitUpdate(
                "host-b",
                "web-db",
                update -> update.action().equals(action)
                        && "applied".equals(update.metadata().get("result")));
    }

    private static void expect(String what, Attempt attempt, boolean works) {
        say("   %s  %s", what, attempt.describe());
        require(attempt.worked() == works, what + (works ? " works" : " is refused"));
    }

    private static void require(boolean holds, String promise) {
        if (!holds) {
            throw new StepFailedException("this did not hold: " + promise);
        }
    }

    private static <T> T step(String what, Supplier<T> work) {
        long start = System.nanoTime();
        System.out.print("… " + what);
        System.out.flush();
        try {
            T result = work.get();
            System.out.printf(Locale.ROOT, "%s✔ %s (%.1f s)%n", clearLine(), what, millisSince(start) / 1000);
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

    private static double millisSince(long start) {
        return (System.nanoTime() - start) / 1e6;
    }

    private static void say(String format, Object... values) {
        System.out.println(values.length == 0 ? format : String.format(Locale.ROOT, format, values));
    }

    private void keepLogs() {
        say("  the logs are in " + Repository.root().relativize(directory).resolve("logs"));
    }

    /** Interrupted: services get the time to end by themselves, then nothing that this program started or made stays. */
    private void cleanUp() {
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
