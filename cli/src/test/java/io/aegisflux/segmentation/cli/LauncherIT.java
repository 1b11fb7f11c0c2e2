package io.aegisflux.segmentation.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.harness.NatsServerExtension;
import io.aegisflux.segmentation.harness.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** cli/target/segctl as a process: what a shell sees of it. */
class LauncherIT {
    @RegisterExtension
    static final NatsServerExtension NATS = new NatsServerExtension();

    private static final Path LAUNCHER = Repository.root().resolve("cli/target/segctl");
    private static final Set<String> STATIC = Set.of("history", "--from", "--version");
    private static Bench bench;

    @TempDir
    Path directory;

    @BeforeAll
    static void answer() {
        bench = Bench.answering(NATS.url());
    }

    @AfterAll
    static void stop() {
        bench.close();
    }

    @Test
    void carriesArgumentsOutputAndExitCodes() throws Exception {
        assertThat(run(LAUNCHER, "--version").out()).startsWith("segctl ");
        assertThat(run(LAUNCHER, "policy", "get", "unknown").exit()).isEqualTo(5);
        assertThat(run(LAUNCHER, "nonsense").exit()).isEqualTo(2);
        assertThat(run(LAUNCHER, "pub", "a.b", "two words", "-H", "K:*").exit()).isZero();
        assertThat(run(LAUNCHER, "policy", "ls", "-s", "nats://127.0.0.1:1").exit())
                .isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    segctl policy his                    | history
                    segctl explain --fr                  | --from
                    segctl policy get web                | web-db
                    segctl policy rollback ''            | web-db base-allow-dns old
                    segctl policy diff o                 | old
                    segctl explain --host host-          | host-a host-b host-c host-d host-e
                    segctl events --host = host-c        | host-c
                    segctl policy get --context ''       | lab
                    segctl context use l                 | lab
                    segctl --context lab policy get web  | web-db
                    segctl -s nats://127.0.0.1:1 policy get web | ''
                    segctl policy get --versi            | --version
                    """)
    void shellsCompleteVerbsOptionsAndLiveValuesByTheScript(String typed, String wanted) throws Exception {
        Path context = directory.resolve("home/.config/nats/context/lab.json");
        Files.createDirectories(context.getParent());
        Files.writeString(context, "{\"url\": \"%s\"}".formatted(NATS.url()));
        int last = typed.split(" ").length - 1;
        // What picocli's part completes, zsh does by its own compgen, which works within its line editor alone: below.
        for (String shell : STATIC.contains(wanted) ? List.of("bash") : List.of("bash", "zsh")) {
            String script = shell.equals("bash")
                    ? """
                    source <(segctl completion bash)
                    COMP_LINE="%s" COMP_WORDS=(%s) COMP_CWORD=%d
                    COMP_POINT=${#COMP_LINE}
                    _segctl_live
                    echo "${COMPREPLY[@]}"
                    """.formatted(typed.replace(" = ", "="), typed, last)
                    : """
                    autoload -U +X compinit && compinit -u
                    autoload -U +X bashcompinit && bashcompinit
                    source <(segctl completion zsh)
                    emulate -L ksh
                    COMP_LINE="%s" COMP_WORDS=(%s) COMP_CWORD=%d
                    COMP_POINT=${#COMP_LINE}
                    _segctl_live
                    echo "${COMPREPLY[@]}"
                    """.formatted(typed.replace(" = ", "="), typed, last);
            Run run = run(
                    Map.of(
                            "PATH",
                            LAUNCHER.getParent() + ":" + System.getenv("PATH"),
                            "HOME",
                            directory.resolve("home").toString(),
                            "NATS_URL",
                            typed.contains("lab") ? "" : NATS.url()),
                    shellIfThere(shell),
                    "-c",
                    script);
            assertThat(run.out().strip()).as(shell + ": " + run.err()).isEqualTo(wanted);
        }
    }

    /** What is typed, what bash is answered, and zsh: bash breaks it at colons, too, and replaces the last part. */
    private static final String[][] FILTERS = {
        {"segctl flows verd", "verdict:allowed verdict:audited verdict:dropped"},
        {"segctl observe verdict:dr", "dropped", "verdict:dropped"},
        {"segctl flows from.", "from.ip: from.workload: from.label: from.port:"},
        {"segctl flows reas", "reason:"},
        {"segctl top from:web to:app=d", "db", "to:app=db"},
        {"segctl map port:443,5", "443,5432", "port:443,5432"},
        {"segctl -o json flows --since 1h policy:w", "web-db", "policy:web-db"},
        {"segctl flows -f '!verdict:dr", "!verdict:dropped"},
        {"segctl flows \\!verdict:dr", "dropped", "!verdict:dropped"},
        {"segctl flows --from w", "web"},
        {"segctl flows --to=app=d", "db", "--to=app=db"},
        {
            "segctl flows workload:",
            "api app=db app=web web",
            "workload:api workload:app=db workload:app=web workload:web"
        },
        {"segctl events from:198.18.2", "198.18.2.20", "from:198.18.2.20"},
        {"segctl events work", ""},
        {"segctl explain --from w", ""},
        {"segctl policy get map", ""},
    };

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void shellsCompleteTermsOfFilters(String shell) throws Exception {
        boolean isBash = shell.equals("bash");
        StringBuilder script = new StringBuilder(isBash ? "" : """
                        autoload -U +X compinit && compinit -u
                        autoload -U +X bashcompinit && bashcompinit
                        emulate -L ksh
                        """);
        script.append("""
                source <(segctl completion %s)
                _complete_segctl() { :; }
                """.formatted(shell));
        for (String[] each : FILTERS) {
            boolean isBroken = isBash && each[0].indexOf('\'') < 0;
            String[] words = (isBroken ? each[0].replaceAll("[:=]", " $0 ") : each[0]).split(" +");
            script.append("""
                    COMP_LINE=%s COMP_POINT=%d COMP_WORDS=(%s) COMP_CWORD=%d COMPREPLY=()
                    _segctl_live
                    echo "${COMPREPLY[@]}"
                    """.formatted(
                            quoted(each[0]),
                            each[0].length(),
                            Stream.of(words).map(LauncherIT::quoted).collect(Collectors.joining(" ")),
                            words.length - 1));
        }
        Run run = run(
                Map.of("PATH", LAUNCHER.getParent() + ":" + System.getenv("PATH"), "HOME", directory.toString()),
                shellIfThere(shell),
                "-c",
                script.toString());

        assertThat(run.out().lines())
                .as(run.err())
                .containsExactlyElementsOf(Stream.of(FILTERS)
                        .map(each -> isBash ? each[1] : each[each.length - 1])
                        .toList());
        assertThat(directory.resolve("hacked")).doesNotExist();
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    /** Where there is no zsh, the test is skipped and says so. */
    private static Path shellIfThere(String shell) {
        Path path = Path.of("/bin", shell);
        assumeThat(path).as("needs " + shell).exists();
        return path;
    }

    @Test
    void zshCompletesInItsLineEditor() throws Exception {
        String session = """
                zmodload zsh/zpty
                zpty inner zsh -f -i
                zpty -w inner 'PS1= ; source <(segctl completion zsh); print REA''DY'
                zpty -r -m inner line '*READY*'
                zpty -w -n inner $'segctl policy his\\tweb\\t'
                zpty -r -m inner line '*web-db*'
                print -r -- $line
                zpty -w -n inner $'\\025segctl flows verdict:dr\\t'
                zpty -r -m inner line '*verdict:dropped*'
                print -r -- $line
                """;
        Run run = run(
                Map.of("PATH", LAUNCHER.getParent() + ":" + System.getenv("PATH"), "HOME", directory.toString()),
                Path.of("/usr/bin/timeout"),
                "300",
                shellIfThere("zsh").toString(),
                "-c",
                session);

        assertThat(run.out().replaceAll("\u001b\\[[0-9;?]*[A-Za-z]", ""))
                .contains("history")
                .contains("web-db")
                .contains("verdict:dropped");
    }

    @Test
    void completionIsSilentWhereNobodyAnswers() throws Exception {
        Run run = run(LAUNCHER, "__complete", "policies", "--timeout", "300ms", "-s", "nats://127.0.0.1:1");

        assertThat(run).isEqualTo(new Run(0, "", ""));
    }

    @Test
    void writesNoEscapeByteToAPipeAndSignsAlsoWhereTheLocaleHasNone() throws Exception {
        Run run = run(Map.of("LC_ALL", "C"), LAUNCHER, "policy", "ls");

        assertThat(run.out()).doesNotContain("\u001b").contains("✔ enforced");
        assertThat(run(LAUNCHER, "policy", "get", "unknown").err())
                .doesNotContain("\u001b")
                .contains("→");
        assertThat(run(LAUNCHER, "policy", "ls", "--ascii").out())
                .contains("+ enforced")
                .isASCII();
        assertThat(run(LAUNCHER, "policy", "ls", "--color", "always").out()).contains("\u001b[");
    }

    @Test
    void isFoundThroughSymbolicLinksAndFromAnyDirectory() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), LAUNCHER);
        Path second = Files.createSymbolicLink(directory.resolve("segctl"), Path.of("link"));

        assertThat(run(link, "--version").exit()).isZero();
        assertThat(run(second, "--version").out()).startsWith("segctl ");
        Files.delete(second);
        Files.delete(link);
    }

    @Test
    void runsFromTheCheckoutsSourcesToo() throws Exception {
        assertThat(run(Repository.root().resolve("cli/src/main/sh/segctl"), "--version")
                        .exit())
                .isZero();
    }

    @Test
    void saysWhatToDoWhereItIsNotBuilt() throws Exception {
        Path alone = Files.copy(LAUNCHER, directory.resolve("segctl"));
        Run run = run(alone, "--version");

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).contains("there is no segctl.jar in").contains("./mvnw -pl cli -am package");
    }

    @Test
    void findsAJdkThatIsNewEnoughElsewhereThanInJavaHome() throws Exception {
        Path old = directory.resolve("jdk-17");
        Files.createDirectories(old.resolve("bin"));
        Files.writeString(old.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
        Files.writeString(old.resolve("bin/java"), "#!/bin/sh\nexit 99\n")
                .toFile()
                .setExecutable(true);

        assertThat(run(Map.of("JAVA_HOME", old.toString()), LAUNCHER, "--version")
                        .exit())
                .as("PATH and /usr/lib/jvm are looked at as well")
                .isZero();
    }

    @Test
    void endsWith130OnCtrlC() throws Exception {
        Process process = builder(Map.of(), LAUNCHER, "sub", "x.>").start();
        try (var err = process.errorReader()) {
            assertThat(err.readLine()).contains("listening to x.>");
            new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                    .start()
                    .waitFor();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(130);
        } finally {
            process.destroyForcibly();
        }
    }

    /** On a terminal of its own, which script(1) makes; Ctrl-C is typed. */
    @Test
    void topIsDrawnAnewOnATerminalAndLeavesItAsItWas() throws Exception {
        Path seen = directory.resolve("seen");
        Process process = new ProcessBuilder(
                        "env",
                        "--default-signal=INT",
                        "script",
                        "-qefc",
                        "stty rows 12; exec %s top --interval 1s -s %s".formatted(LAUNCHER, NATS.url()),
                        "/dev/null")
                .redirectErrorStream(true)
                .redirectOutput(seen.toFile())
                .start();
        try {
            String again = "\u001b[11A"; // of the twelve lines the last is the cursor's
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> Files.readString(seen).split(Pattern.quote(again), -1).length > 3);
            process.getOutputStream().write(3);
            process.getOutputStream().flush();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(130);
        } finally {
            process.destroyForcibly();
        }
        String all = Files.readString(seen);
        assertThat(all)
                .contains("web-1 ", "web-9 ", "; 16 more; every 1 s, Ctrl-C ends")
                .doesNotContain("web-10", "\u001b[?1049h", "\u001b[2J");
        assertThat(all.indexOf("\u001b[?25l")).as("the cursor is hidden").isNotNegative();
        assertThat(all.lastIndexOf("\u001b[?25h"))
                .as("and shown at the end")
                .isGreaterThan(all.lastIndexOf("\u001b[?25l"));
        assertThat(all.lastIndexOf("\u001b[?7h")).isGreaterThan(all.lastIndexOf("\u001b[?7l"));
    }

    @Test
    void trainsACacheThatLaterRunsUse() throws Exception {
        Path home = directory.resolve("home");
        copy(LAUNCHER.getParent(), home);
        Path cache = home.resolve("segctl.aot");
        Path launcher = home.resolve("segctl");

        Run training = run(Map.of("SEGCTL_AOT", "train", "NATS_URL", "nats://127.0.0.1:1"), launcher, "__train");
        assertThat(training.exit()).as("nobody need answer: " + training.err()).isZero();
        assertThat(cache).isNotEmptyFile();
        assertThat(run(Map.of("JDK_JAVA_OPTIONS", "-XX:AOTMode=on"), launcher, "__complete", "policies")
                        .out())
                .as("the JVM takes the cache: with this mode it would not start without")
                .contains("web-db");
        assertThat(run(launcher, "policy", "ls").out())
                .isEqualTo(run(LAUNCHER, "policy", "ls").out());
        assertThat(run(Map.of("SEGCTL_AOT", "off"), launcher, "--version").exit())
                .isZero();

        Files.writeString(cache, "not a cache");
        Run spoilt = run(launcher, "--version");
        assertThat(spoilt.exit())
                .as("runs without a cache that is none: " + spoilt.err())
                .isZero();
        assertThat(spoilt.out()).startsWith("segctl ");
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.resolve("lib"));
        Files.copy(from.resolve("segctl"), to.resolve("segctl"));
        Files.copy(from.resolve("segctl.jar"), to.resolve("segctl.jar"));
        try (Stream<Path> libraries = Files.list(from.resolve("lib"))) {
            for (Path library : libraries.toList()) {
                Files.copy(library, to.resolve("lib").resolve(library.getFileName()));
            }
        }
    }

    private Run run(Path launcher, String... arguments) throws Exception {
        return run(Map.of(), launcher, arguments);
    }

    private Run run(Map<String, String> environment, Path launcher, String... arguments) throws Exception {
        Path err = Files.createTempFile(directory, "run", ".err");
        Process process = builder(environment, launcher, arguments)
                .redirectError(err.toFile())
                .start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), out, Files.readString(err));
    }

    private ProcessBuilder builder(Map<String, String> environment, Path launcher, String... arguments) {
        // A CI that was started in the background has SIGINT ignored, and so would segctl.
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT", launcher.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().put("NATS_URL", NATS.url());
        builder.environment().putAll(environment);
        return builder;
    }
}
