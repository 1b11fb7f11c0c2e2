package io.aegisflux.segmentation.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.harness.Command;
import io.aegisflux.segmentation.harness.NeedsKernel;
import io.aegisflux.segmentation.harness.Repository;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** README is true: its commands are run as they stand there, and its transcript is what the demo prints. */
@NeedsKernel
class ReadmeIT {
    private static final Path ROOT = Repository.root();
    private static final String NATS_URL = "nats://198.18.70.1:4222";

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void end() throws IOException {
        started.forEach(Process::destroyForcibly);
        if (Files.exists(ROOT.resolve("target/up"))) {
            run("./dev", "down");
        }
    }

    @Test
    void theTranscriptIsWhatTheDemoPrints() throws IOException {
        Outcome demo = run("./dev", "demo");

        assertThat(demo.status()).as(demo.output()).isZero();
        assertThat(masked(demo.output())).isEqualTo(masked(transcript("README.md")));
        assertThat(traces()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"✔ two hosts", "✔ nats-server", "✔ policy-service", "1  No policy yet"})
    void aDemoThatIsInterruptedLeavesNothing(String after) throws Exception {
        Process demo = start("./dev", "demo");
        awaitLine(demo, line -> line.startsWith(after));
        demo.destroy();

        assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).isNotZero();
        assertThat(traces()).isEmpty();
    }

    @Test
    void upLeavesTheSuiteRunningWithTheCommandsItNamesAndDownRemovesEveryTrace() throws IOException {
        Outcome up = run("./dev", "up");
        assertThat(up.status()).as(up.output()).isZero();
        assertThat(up.output())
                .contains(
                        "export NATS_URL=" + NATS_URL,
                        "cli/target/segctl demo",
                        "cli/target/segctl policy apply -f examples/web-db.json",
                        "cli/target/segctl events -f",
                        "nsenter --net=/run/netns/aegisup-web bash -c 'echo hi > /dev/tcp/198.18.72.20/5432'");
        assertThat(run("./dev", "up").status()).as("a second one is refused").isEqualTo(1);

        assertThat(webReachesTheDatabase()).isTrue();
        requireDemosThatLeaveNothing();
        Outcome applied = run("cli/target/segctl", "policy", "apply", "-f", "examples/web-db.json");
        assertThat(applied.output()).contains("ACCEPTED  web-db v1");
        Process events = start("cli/target/segctl", "events", "-f");
        awaitTrue("web is cut off", () -> !webReachesTheDatabase());
        awaitTrue(
                "both hosts report what is desired",
                () -> run("cli/target/segctl", "status").output().contains("2 in step"));
        awaitLine(events, line -> line.contains("web-db@v1/deny-others"));
        requireVersionsToBeHandled();

        assertThat(run("./dev", "down").status()).isZero();
        assertThat(traces()).isEmpty();
    }

    /** Real connections, as README shows them; none, as docs/demo.md does; and one that is ended amid. */
    private void requireDemosThatLeaveNothing() throws IOException {
        Outcome real = run("cli/target/segctl", "demo");
        assertThat(real.status()).as(real.output()).isZero();
        String story = masked(transcript("README.md"));
        assertThat(masked(real.output()))
                .isEqualTo(story.substring(story.indexOf("1  No policy yet"), story.indexOf("\nNothing of the suite"))
                        .strip());

        Outcome explained = run("cli/target/segctl", "demo", "--host", "host-a");
        assertThat(explained.status()).as(explained.output()).isZero();
        assertThat(masked(explained.output())).isEqualTo(masked(transcript("docs/demo.md")));

        Process ended = start("cli/target/segctl", "demo", "--pause");
        ended.getOutputStream().write('\n');
        ended.getOutputStream().flush();
        awaitLine(ended, line -> line.contains("has it in its kernel"));
        assertThat(policy("ls")).contains("segctl-demo");
        awaitTrue("the demo's policy is enforced", () -> !webReachesTheDatabase());
        ended.destroy();
        ended.onExit().join();
        assertThat(policy("ls")).doesNotContain("segctl-demo");
        awaitTrue("web is let through", ReadmeIT::webReachesTheDatabase);
    }

    /** From version 1, by which web is cut off. */
    private void requireVersionsToBeHandled() throws IOException {
        assertThat(run(
                                "cli/target/segctl",
                                "explain",
                                "--host=host-b",
                                "--from=198.18.71.10",
                                "--to=198.18.72.20",
                                "--port=5432",
                                "--engine=kernel")
                        .output())
                .contains("DENIED", "RULE_DENY  web-db@v1/deny-others", "kernel and evaluator agree");
        assertThat(policy("apply", "-f", "examples/web-db.json", "--expect-version", "7"))
                .as("what holds already is no conflict")
                .contains("ACCEPTED  web-db v1");
        assertThat(policy("delete", "web-db")).contains("ACCEPTED  web-db v2  deleted");
        awaitTrue("web is let through", ReadmeIT::webReachesTheDatabase);
        Outcome conflict = run(
                "cli/target/segctl",
                "policy",
                "apply",
                "-f",
                "examples/web-db.json",
                "--expect-version",
                "1",
                "-o",
                "json");
        assertThat(conflict.status()).as(conflict.output()).isEqualTo(5);
        assertThat(conflict.output()).contains("VERSION_CONFLICT", "version 2 of web-db holds");
        assertThat(policy("undelete", "web-db")).contains("ACCEPTED  web-db v3  created");
        awaitTrue("web is cut off again", () -> !webReachesTheDatabase());
        assertThat(policy("disable", "web-db")).contains("ACCEPTED  web-db v4  updated");
        awaitTrue("a disabled policy lets through", ReadmeIT::webReachesTheDatabase);
        assertThat(policy("diff", "web-db")).contains("+ /enabled  false");
        assertThat(policy("rollback", "web-db")).contains("ACCEPTED  web-db v5  updated");
        awaitTrue("what was rolled back is enforced", () -> !webReachesTheDatabase());
        assertThat(policy("history", "web-db").lines().map(line -> line.strip().split(" +")[1]))
                .containsExactly("ACTION", "updated", "updated", "created", "deleted", "created");
        assertThat(policy("delete", "web-db")).contains("v6");
    }

    private String policy(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("cli/target/segctl", "policy"));
        command.addAll(List.of(arguments));
        Outcome outcome = run(command.toArray(String[]::new));
        assertThat(outcome.status()).as(outcome.output()).isZero();
        return outcome.output();
    }

    @Test
    void everyCommandOfDevThatIsNamedIsOne() throws IOException {
        String help = run("./dev", "help").output();
        List<String> named = Pattern.compile("\\./dev (\\w+)")
                .matcher(Files.readString(ROOT.resolve("README.md")))
                .results()
                .map(match -> match.group(1))
                .distinct()
                .toList();
        assertThat(named).contains("demo", "up", "down", "test", "bench", "tools");
        assertThat(named).allSatisfy(command -> assertThat(help).containsPattern("(?m)^  " + command + " "));
        assertThat(run("./dev", "dance").status()).isEqualTo(2);
    }

    private static boolean webReachesTheDatabase() {
        return Command.attempt(List.of(
                                "nsenter",
                                "--net=/run/netns/aegisup-web",
                                "timeout",
                                "2",
                                "bash",
                                "-c",
                                "echo hi > /dev/tcp/198.18.72.20/5432"))
                        .status()
                == 0;
    }

    private static String transcript(String page) throws IOException {
        return Pattern.compile("<!-- transcript -->\n```\n(.*?)```\n<!-- /transcript -->", Pattern.DOTALL)
                .matcher(Files.readString(ROOT.resolve(page)))
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.joining());
    }

    /** Without progress, and with every measured time, the demo's version and the playground's network as #. */
    private static String masked(String output) {
        return output.lines()
                .filter(line -> !line.startsWith("… "))
                .map(line -> line.replaceAll("[0-9.]+ (ms|s)\\b", "# $1")
                        .replaceAll("(version |@v)[0-9]+", "$1#")
                        .replaceAll("198\\.18\\.[0-9]+\\.", "198.18.#."))
                .collect(Collectors.joining("\n"));
    }

    /** Whatever the demo's and the dev cluster's playgrounds could have left on this machine. */
    private static List<String> traces() throws IOException {
        List<String> traces = new ArrayList<>();
        for (String directory : List.of("/run/netns", "/sys/class/net", "/sys/fs/bpf", "/sys/fs/cgroup/unified")) {
            if (Files.isDirectory(Path.of(directory))) {
                try (Stream<Path> paths = Files.list(Path.of(directory))) {
                    paths.map(Path::toString)
                            .filter(path -> path.contains("aegisdm") || path.contains("aegisup"))
                            .forEach(traces::add);
                }
            }
        }
        ProcessHandle.allProcesses()
                .flatMap(process -> process.info().commandLine().stream())
                .filter(line -> line.contains(ROOT + "/target/demo")
                        || line.contains(ROOT + "/target/up")
                        || (line.contains(ROOT.toString()) && line.contains("quarkus-run.jar")))
                .forEach(traces::add);
        return traces;
    }

    private static void awaitTrue(String what, ThrowingCondition condition) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
        }
    }

    private interface ThrowingCondition {
        boolean holds() throws IOException;
    }

    private static void awaitLine(Process process, Predicate<String> wanted) throws IOException {
        BufferedReader lines = process.inputReader();
        List<String> seen = new ArrayList<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            seen.add(line);
            if (wanted.test(line)) {
                return;
            }
        }
        throw new AssertionError("it ended before, after " + seen);
    }

    private Process start(String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(ROOT.toFile())
                .redirectError(Files.createDirectories(ROOT.resolve("e2e/target"))
                        .resolve("readme.err")
                        .toFile());
        builder.environment().put("NATS_URL", NATS_URL);
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private Outcome run(String... command) throws IOException {
        Process process = start(command);
        String output = process.inputReader().lines().collect(Collectors.joining("\n"));
        return new Outcome(process.onExit().join().exitValue(), output);
    }

    private record Outcome(int status, String output) {}
}
