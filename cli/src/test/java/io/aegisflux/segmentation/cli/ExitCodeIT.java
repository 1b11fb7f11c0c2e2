package io.aegisflux.segmentation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.cli.outcome.ExitCode;
import io.aegisflux.segmentation.contracts.PublishHeaders;
import io.aegisflux.segmentation.harness.NatsServer;
import io.aegisflux.segmentation.harness.NatsServerExtension;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExitCodeIT {
    @RegisterExtension
    static final NatsServerExtension NATS = new NatsServerExtension();

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

    @ParameterizedTest(name = "segctl {1} → {0}")
    @CsvSource(delimiter = '|', textBlock = """
                    0 | --version
                    0 | --help
                    0 | policy apply --help
                    0 | pub my.subject hello
                    0 | policy ls
                    0 | policy get web-db
                    0 | policy get web-db --version 2 -o json
                    0 | policy delete web-db
                    0 | explain --host db-1 --from 10.0.0.1 --to 10.0.0.2 --port 5432
                    0 | explain --host db-1 --from 10.0.0.1 --to 10.0.0.2 --port 5432 --expect deny
                    3 | explain --host db-1 --from 10.0.0.1 --to 10.0.0.2 --port 5432 --expect allow
                    2 | explain --host db-1 --from 10.0.0.1 --to 10.0.0.2 --port 5432 --expect audit
                    2 | explain --host db-1 --from 10.0.0.1 --to 10.0.0.2
                    2 | explain --host db-1 --from 10.0.0.1 --to 10.0.0.2 --protocol icmp --port 1
                    2 | explain --host db-1 --from db --to 10.0.0.2 --port 5432
                    2 | explain --host db-1 --from 10.0.0.1 --to 10.0.0.2 --port 5432 --direction both
                    2 | explain --host db-1 --from 10.0.0.1 --to 10.0.0.2 --protocol 256
                    5 | explain --host nobody --from 10.0.0.1 --to 10.0.0.2 --port 5432
                    2 | explain --from 10.0.0.1 --to 10.0.0.2 --port 5432
                    2 | explain --host db-1 --to 10.0.0.2 --port 5432
                    2 | explain --host db-1 --from 10.0.0.1 --to 10.0.0.2 --port 5432 --engine gpu
                    0 | explain --host host-b --from 10.0.0.1 --to 10.0.0.2 --port 5432 --engine kernel
                    3 | explain --host host-b --from 10.0.0.1 --to 10.0.0.2 --port 5432 --engine kernel --expect allow
                    3 | explain --host db-1 --from 10.0.0.1 --to 10.0.0.2 --port 5432 --engine kernel
                    3 | explain --host odd-1 --from 10.0.0.1 --to 10.0.0.2 --port 5432 --engine kernel -o json
                    3 | explain --host safe-1 --from 10.0.0.1 --to 10.0.0.2 --port 5432 --engine kernel
                    5 | explain --host busy-1 --from 10.0.0.1 --to 10.0.0.2 --port 5432 --engine kernel
                    4 | explain --host gone-1 --from 10.0.0.1 --to 10.0.0.2 --port 5432 --engine kernel
                    4 | explain --host silent-1 --from 10.0.0.1 --to 10.0.0.2 --port 5432 --engine kernel --timeout 300ms
                    5 | explain --host nobody --from 10.0.0.1 --to 10.0.0.2 --port 5432 --engine kernel
                    0 | explain --event 01KJPX8SYR5V3HQT8MZ0R7E2DC
                    0 | explain --event 01KJPX8SYR5V3HQT8MZ0R7E2DC --host host-b --expect deny
                    3 | explain --event 01KJPX8SYR5V3HQT8MZ0R7E2DC --expect allow
                    0 | explain --event 01KJPX8SYR5V3HQT8MZ0R7E2DC --engine kernel
                    5 | explain --event 01KJPX8SYR5V3HQT8MZ0R7E2DA
                    0 | explain --event 01KJPX8SYR5V3HQT8MZ0R7E2DB
                    5 | explain --event 01KJPX8SYR5V3HQT8MZ0R7E2DB --engine kernel
                    2 | explain --event 019cade5-30b8-7c41-9b52-6f1e0a7d3c11
                    2 | explain --event 01KJPX8SYR5V3HQT8MZ0R7E2DC --port 80
                    0 | flows
                    0 | observe from:web --last 5
                    2 | flows db
                    0 | events verdict:dropped
                    2 | events any:web
                    2 | events verdict:denied
                    2 | flows --verdict denied
                    2 | flows --last 1001
                    2 | flows -f --until 1h
                    2 | flows --since 1h --until 2h
                    0 | map
                    0 | map --as mermaid
                    2 | map --as png
                    2 | map to.pod:x
                    0 | top --by rule
                    2 | top --by colour
                    2 | top --rows 0
                    0 | top --interval 0s
                    2 | top --interval 100ms
                    0 | plan --delete old-policy
                    2 | plan
                    2 | demo -o json
                    2 | demo --host Not_A_Host
                    0 | policy suggest db
                    3 | policy suggest db --direction egress
                    2 | policy suggest db --direction both
                    2 | policy suggest
                    0 | policy unused --since 7d
                    3 | policy unused --fail
                    2 | plan --delete old-policy --since 1h --until 2h
                    2 | plan --delete old-policy --rows -1
                    0 | doctor --explain AF-305
                    2 | doctor --explain AF-999
                    2 | doctor --host Not_A_Host
                    5 | doctor --host nobody
                    2 | bundle one.tgz two.tgz
                    2 | bundle /nowhere/to/be/bundle.tgz
                    5 | bundle /
                    0 | completion bash
                    0 | completion zsh
                    2 | completion fish
                    0 | policy history web-db
                    0 | policy diff web-db
                    0 | policy rollback web-db --to 1
                    0 | policy enable web-db
                    0 | policy disable web-db
                    0 | policy undelete gone
                    2 | policy history web-db --limit 0
                    2 | policy diff web-db --to 2 -f web-db.json
                    2 | policy rollback web-db --to 3
                    2 | policy rollback web-db --to 0
                    2 | policy apply -f examples --expect-version -1
                    5 | policy undelete web-db
                    0 | policy lint clean
                    0 | policy lint incomplete
                    2 | policy lint web-db -f web-db.json
                    2 | policy lint --offline
                    2 | policy lint a.b
                    5 | policy lint unknown
                    0 | workload ls
                    0 | workload get legacy-db
                    0 | workload rm legacy-db
                    0 | hosts ls
                    0 | hosts rm host-c
                    2 | workload
                    2 | workload apply
                    2 | workload get a.b
                    2 | workload apply -f /nowhere/to/be/found.json
                    2 | hosts
                    2 | hosts rm Not_A_Host
                    5 | workload get web
                    5 | workload rm unknown
                    5 | hosts rm nobody
                    0 | rollout ls
                    0 | rollout status web-db
                    0 | rollout status db
                    0 | rollout status web -f
                    0 | rollout status web --wait 5s
                    3 | rollout status db -f
                    3 | rollout status db --wait 5s
                    6 | rollout status web-db --wait 300ms
                    5 | rollout status nothing
                    5 | rollout status nothing -f
                    0 | rollout pause web-db
                    0 | rollout resume web-db --version 4
                    0 | rollout promote web-db -o json
                    0 | rollout abort web-db
                    5 | rollout abort web
                    2 | rollout
                    2 | rollout abort
                    2 | rollout abort web-db --version 0
                    2 | rollout status a.b
                    2 | policy apply -f examples --soak 5m
                    2 | policy apply -f examples --canary 10% --soak 5ms
                    2 | policy apply -f examples --canary 10% --promote later
                    2 | policy apply -f examples --wait 5s
                    0 | req segmentation.api.policy.list
                    0 | events
                    0 | status
                    2 |
                    2 | policy
                    2 | nonsense
                    2 | status --nonsense
                    2 | status --timeout 5
                    2 | status --timeout 0s
                    0 | policy ls -o yaml
                    2 | policy ls -o xml
                    2 | policy ls --user me
                    2 | policy ls --server not:an:address
                    2 | policy get a.b
                    2 | policy get web-db --version 0
                    2 | policy apply
                    2 | policy apply -f /nowhere/to/be/found.json
                    2 | pub segmentation.policies.* body
                    2 | pub my..subject body
                    2 | pub my.subject body -f file
                    2 | pub my.subject body -H nonsense
                    2 | sub my.subject --count 0
                    2 | events --last -1
                    2 | events --host Not_A_Host
                    2 | policy ls --creds /nowhere/to/be/found.creds
                    2 | policy delete web-db --author Jörg
                    2 | policy diff web-db --text --meaning
                    4 | req nobody.listens.here --timeout 500ms
                    4 | req segmentation.api.policy.nothing --timeout 500ms
                    5 | policy get unknown
                    5 | policy delete unknown
                    5 | req segmentation.api.policy.get {"policy_id":"unknown"}
                    6 | status --strict
                    6 | status --wait 300ms
                    """)
    void endsWith(int exit, String commandLine) {
        Run run = Run.against(NATS.url()).segctl(commandLine == null ? new String[0] : commandLine.split(" "));

        assertThat(run.exit()).as(run.err()).isEqualTo(exit);
        if (exit == 0) {
            assertThat(run.err()).doesNotContain("segctl:");
        } else if (exit != ExitCode.FINDINGS) {
            assertThat(run.err())
                    .contains("segctl:")
                    .as("an error says what to do next")
                    .contains("→");
        }
    }

    @Test
    void aRefusedDocumentEndsWithFiveAndNamesPointerReasonAndHint() {
        Run run = Run.against(NATS.url()).stdin("{\"id\":\"bad\"}").segctl("policy", "apply", "-f", "-");

        assertThat(run.exit()).isEqualTo(5);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains("/rules/0/conditions/1/value  70000 is no port")
                .contains("hint: write a number from 0 to 65535")
                .contains("/name  is missing");
    }

    @ParameterizedTest(name = "segctl policy lint {1} → {0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "3 | ",
                "3 | web-db",
                "3 | web-db -o json",
                "3 | incomplete --strict",
                "0 | clean --strict",
                "3 | -f web-db.json",
                "0 | -f fine.json --offline --strict",
                "3 | -f wide.json --offline",
                "3 | -f fine.json wide.json --offline -o json",
                "5 | -f bad.json",
                "5 | -f bad.json --offline",
                "5 | -f fails.json --offline",
                "5 | -f none.json",
                "5 | -f fine.json fine.json"
            })
    void lintEndsWithThreeForFindingsAndWithFiveForWhatIsNoPolicy(int exit, String arguments) throws IOException {
        String policy = """
                {"id": "%s", "name": "n", "type": "network", "priority": 1, "rules": [%s]}""";
        String rule = """
                {"id": "r", "action": "allow", "priority": 1, "conditions": [%s]}""";
        String port = "{\"field\": \"dest_port\", \"operator\": \"eq\", \"value\": 80}";
        write("fine.json", policy.formatted("clean", rule.formatted(port)));
        write("web-db.json", policy.formatted("web-db", ""));
        write("wide.json", policy.formatted("wide", rule.formatted("")));
        write("bad.json", policy.formatted("bad", rule.formatted("7")));
        write("none.json", "[]");
        write("fails.json", policy.formatted("fails", "").replaceFirst("}$", """
                        , "tests": [{"name": "t", "from": "10.0.0.1", "to": "10.0.0.2", "protocol": "tcp", "port": 22,
                          "expect": "deny"}]}"""));
        String line = arguments == null ? "" : arguments.replaceAll("[a-z-]+\\.json", directory + "/$0");
        Run run = Run.against(NATS.url()).segctl(("policy lint " + line).strip().split(" "));

        assertThat(run.exit()).as(run.out() + run.err()).isEqualTo(exit);
        assertThat(run.out().contains("REFUSED")).isFalse();
        assertThat(run.err().contains("REFUSED")).isEqualTo(exit == 5);
    }

    @Test
    void lintOfflineAsksNobody() throws IOException {
        Path file = write("wide.json", """
                {"id": "p", "name": "n", "type": "network", "priority": 1,
                 "rules": [{"id": "r", "action": "allow", "priority": 1, "conditions": []}]}""");
        Run run = Run.against("nats://127.0.0.1:1").segctl("policy", "lint", "--offline", "-f", file.toString());

        assertThat(run.exit()).as(run.err()).isEqualTo(3);
        assertThat(run.out()).contains("OVER_WIDE").contains("wide.json  p/r");
    }

    private Path write(String name, String document) throws IOException {
        return Files.writeString(directory.resolve(name), document);
    }

    @Test
    void aRefusedWorkloadEndsWithFive() {
        for (String document : new String[] {"{\"id\":\"bad\"}", "{\"id\":\"a.b\"}", "[]"}) {
            Run run = Run.against(NATS.url()).stdin(document).segctl("workload", "apply", "-f", "-");

            assertThat(run.exit()).as(run.err()).isEqualTo(5);
            assertThat(run.err()).contains("INVALID_WORKLOAD").contains("hint: ");
        }
    }

    @Test
    void aStagedPublishWaitsForWhatItsRolloutComesTo() {
        assertThat(waiting("web").exit()).isZero();
        assertThat(waiting("nothing").exit())
                .as("nothing was new, so nothing is staged")
                .isZero();
        Run aborted = waiting("db");
        assertThat(aborted.exit()).isEqualTo(3);
        assertThat(aborted.err()).contains("aborted").contains("host-b: has not acknowledged it within 30 s");
        Run open = waiting("web-db");
        assertThat(open.exit()).isEqualTo(6);
        assertThat(open.err()).contains("is not decided yet: segctl rollout status web-db -f");
    }

    @Test
    void whatIsSaidOfARolloutGoesIntoHeadersAsWithPlainNats() throws InterruptedException {
        var heard = bench.connection().createDispatcher();
        var headers = new LinkedBlockingQueue<Headers>();
        heard.subscribe("segmentation.policies.headed", message -> headers.add(message.getHeaders()));
        bench.flush();
        Run.against(NATS.url())
                .stdin("{\"id\":\"headed\"}")
                .segctl(
                        "policy",
                        "apply",
                        "-f",
                        "-",
                        "--canary",
                        "hosts:a,b",
                        "--soak",
                        "5m",
                        "--ack",
                        "10s",
                        "--silence",
                        "1m",
                        "--max-drops",
                        "7",
                        "--promote",
                        "manual");
        Headers sent = headers.poll(5, TimeUnit.SECONDS);
        assertThat(sent.getFirst(PublishHeaders.CANARY)).isEqualTo("hosts:a,b");
        assertThat(sent.getFirst(PublishHeaders.ROLLOUT))
                .isEqualTo("soak=300s,ack=10s,silence=60s,max-drops=7,promote=manual");
        bench.connection().closeDispatcher(heard);
    }

    private static Run waiting(String policy) {
        return Run.against(NATS.url())
                .stdin("{\"id\":\"%s\"}".formatted(policy))
                .segctl("policy", "apply", "-f", "-", "--canary", "10%", "--wait", "3s");
    }

    @Test
    void aFailureOfTheServiceEndsWithOne() {
        Run run = Run.against(NATS.url()).stdin("{\"id\":\"broken\"}").segctl("policy", "apply", "-f", "-");

        assertThat(run.exit()).isEqualTo(1);
    }

    @Test
    void documentsThatCannotBeAddressedAreRefusedBeforeAnythingIsPublished() throws IOException {
        for (String document : new String[] {
            "{\"id\":\"a.b\"}",
            "{\"id\":\"*\"}",
            "{\"id\":7}",
            "{}",
            "[]",
            "nonsense",
            "{\"id\":\"a\",\"id\":\"b\"}",
            "[".repeat(10_000),
            "{\"id\":\"large\",\"x\":\"" + "x".repeat(2_000_000) + "\"}"
        }) {
            Path file = Files.writeString(directory.resolve("policy.json"), document);
            Run run = Run.against(NATS.url()).segctl("policy", "apply", "-f", file.toString());

            assertThat(run.exit()).as(run.err()).isEqualTo(5);
            assertThat(run.err()).contains("INVALID_POLICY").contains("hint: ");
        }
    }

    @Test
    void oneRefusedFileOfADirectoryDoesNotHoldUpTheOthersAndEndsWithFive() throws IOException {
        Files.writeString(directory.resolve("1.json"), "{\"id\":\"one\"}");
        Files.writeString(directory.resolve("2.json"), "{\"id\":\"bad\"}");
        Files.writeString(directory.resolve("3.json"), "{\"id\":\"three\"}");
        Files.writeString(directory.resolve("4.json"), "{\"id\":\"one\"}");
        Files.writeString(directory.resolve("notes.txt"), "not a policy");

        Run run = Run.against(NATS.url()).segctl("policy", "apply", "-f", directory.toString());

        assertThat(run.exit()).isEqualTo(5);
        assertThat(run.out().lines()).hasSize(2).allMatch(line -> line.contains("ACCEPTED"));
        assertThat(run.err()).contains("2.json").contains("policy one is in").doesNotContain("notes.txt");
    }

    @Test
    void aPolicyThatIsStoredButNotJudgedEndsWithFourAndSaysThatItIsStored() {
        Run run = Run.against(NATS.url())
                .stdin("{\"id\":\"silent\"}")
                .segctl("policy", "apply", "-f", "-", "--timeout", "400ms");

        assertThat(run.exit()).isEqualTo(4);
        assertThat(run.err()).contains("stored as message").contains("start policy-service");
    }

    @Test
    void aBodyLargerThanTheBrokerTakesEndsWithFive() {
        Run run = Run.against(NATS.url()).stdin("x".repeat(2_000_000)).segctl("pub", "my.subject", "-");

        assertThat(run.exit()).as(run.err()).isEqualTo(5);
        assertThat(run.err()).contains("1048576");
    }

    @Test
    void noServerEndsWithFourAtOnce() {
        Run run = Run.against("nats://127.0.0.1:" + NatsServer.freePort()).segctl("policy", "ls");

        assertThat(run.exit()).isEqualTo(4);
        assertThat(run.err()).contains("no NATS at").contains("./dev up");
    }

    @Test
    void aServerThatNeverGreetsEndsWithFourWithinTheTimeout() throws IOException {
        try (ServerSocket mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            for (String command : new String[] {"policy ls", "status", "events", "sub x", "pub x y"}) {
                Instant start = Instant.now();
                Run run = Run.against("nats://127.0.0.1:" + mute.getLocalPort())
                        .segctl((command + " --timeout 700ms").split(" "));

                assertThat(run.exit()).as(command).isEqualTo(4);
                assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofMillis(1700));
                assertThat(run.err()).contains("within 700 ms");
            }
        }
    }

    @Test
    void statusWithoutPolicyServiceShowsWhatItKnowsAndEndsWithFour() {
        try (NatsServer empty = NatsServer.start()) {
            Run run = Run.against(empty.url()).segctl("status");

            assertThat(run.exit()).isEqualTo(4);
            assertThat(run.out())
                    .contains("JetStream ok")
                    .contains("policy-service")
                    .contains("unknown");
            assertThat(run.err()).contains("nobody listens on segmentation.api.policy.list");
        }
    }

    @Test
    void eventsWithoutTheirStreamEndWithFour() {
        try (NatsServer empty = NatsServer.start()) {
            Run run = Run.against(empty.url()).segctl("events");

            assertThat(run.exit()).isEqualTo(4);
            assertThat(run.err()).contains("there is no stream SEGMENTATION_EVENTS yet");
        }
    }

    @Test
    void helpNamesEveryExitCode() {
        Run run = Run.against(NATS.url()).segctl("--help");

        assertThat(run.out())
                .containsPattern("Exit codes:\\s+0 +done\\s+1 .*\\s+2 .*\\s+3 .*\\s+4 .*\\s+5 .*\\s+6 .*\\s+130 ");
    }
}
