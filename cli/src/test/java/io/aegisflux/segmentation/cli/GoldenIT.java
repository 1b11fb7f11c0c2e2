package io.aegisflux.segmentation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.Hook;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Verdict;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.NatsServerExtension;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every command prints, to the letter. */
class GoldenIT {
    @RegisterExtension
    static final NatsServerExtension NATS = new NatsServerExtension();

    private static final HostId HOST_A = new HostId("host-a");
    private static final HostId HOST_B = new HostId("host-b");

    private static Bench bench;

    @TempDir
    Path directory;

    @BeforeAll
    static void fill() {
        bench = Bench.answering(NATS.url());
        for (FlowEvent event : List.of(
                event(HOST_A, "01-a", Verdict.ALLOWED, Reason.RULE_ALLOW, "10.77.0.11", "10.77.0.20", "allow-api", 0),
                event(HOST_B, "02-b", Verdict.DROPPED, Reason.RULE_DENY, "10.77.0.10", "10.77.0.20", "deny-others", 3),
                event(HOST_B, "03-b", Verdict.AUDITED, Reason.AUDIT_WOULD_DENY, "fd77::10", "fd77::20", "deny-v6", 0),
                posture())) {
            bench.publish(Subjects.events(event.hostId()), event);
        }
        bench.publish(Subjects.events(HOST_A), "no event".getBytes(StandardCharsets.UTF_8));
    }

    @AfterAll
    static void stop() {
        bench.close();
    }

    @Test
    void policyLs() {
        Run table = golden("policy-ls.txt", "policy", "ls");
        golden("policy-ls.json", "policy", "ls", "-o", "json");
        golden("policy-ls.yaml", "policy", "ls", "-o", "yaml");

        assertThat(table.out())
                .as("escapes in a name do not reach the terminal")
                .doesNotContain("\u001b");
    }

    @Test
    void policyGet() {
        golden("policy-get.txt", "policy", "get", "web-db");
        golden("policy-get.json", "policy", "get", "web-db", "--version", "2", "-o", "json");
        golden("policy-get.yaml", "policy", "get", "web-db", "--version", "2", "-o", "yaml");
    }

    @Test
    void policyDelete() {
        golden("policy-delete.txt", "policy", "delete", "web-db");
        golden("policy-delete.json", "policy", "delete", "web-db", "--author", "ann", "-o", "json");
    }

    @Test
    void explainByTheKernel() {
        golden("explain-kernel.txt", explaining("host-b", "5432"));
        golden("explain-kernel.json", explaining("host-b", "5432", "-o", "json"));
        golden("explain-kernel-audited.txt", explaining("audit-1", "80"));
        golden(3, "explain-kernel-behind.txt", explaining("db-1", "5432"));
        golden(3, "explain-kernel-behind.json", explaining("db-1", "5432", "-o", "json"));
        golden(3, "explain-kernel-failsafe.txt", explaining("safe-1", "5432"));
        golden(3, "explain-kernel-differs.txt", explaining("odd-1", "5432"));
    }

    private static String[] explaining(String host, String port, String... more) {
        List<String> words = new ArrayList<>(List.of("explain", "--engine", "kernel", "--host", host));
        words.addAll(List.of("--from", "10.0.0.1", "--to", "10.0.0.2", "--port", port));
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }

    @Test
    void explainAnEvent() {
        golden("explain-event.txt", "explain", "--event", "01KJPX8SYR5V3HQT8MZ0R7E2DC");
        golden("explain-event.json", "explain", "--event", "01KJPX8SYR5V3HQT8MZ0R7E2DC", "-o", "json");
        golden("explain-event-unparsed.txt", "explain", "--event", "01KJPX8SYR5V3HQT8MZ0R7E2DB");
        golden("explain-event-kernel.txt", "explain", "--event", "01KJPX8SYR5V3HQT8MZ0R7E2DC", "--engine", "kernel");
    }

    @Test
    void explain() {
        golden("explain.txt", "explain", "--host", "db-1", "--from", "10.0.0.1", "--to", "10.0.0.2", "--port", "5432");
        golden(
                "explain.json",
                "explain",
                "--host",
                "db-1",
                "--from",
                "::1",
                "--to",
                "::2",
                "--port",
                "80",
                "-o",
                "json");
        golden("explain-audited.txt", "explain", "--host", "db-1", "--from", "::1", "--to", "::2", "--port", "80");
        golden(
                "explain-posture.txt",
                "explain",
                "--host",
                "db-1",
                "--direction",
                "egress",
                "--from",
                "::1",
                "--to",
                "::2",
                "--protocol",
                "icmpv6");
    }

    @Test
    void flows() {
        Run all = golden("flows.txt", "flows");
        Run some = golden("flows-dropped.txt", "flows", "--verdict", "dropped", "from:web", "--since", "1h");
        golden("flows.json", "flows", "-o", "json");

        assertThat(all.err())
                .startsWith("all flows\n")
                .contains("2 of 2 flows since", "3 decisions are missing here: some hosts decide faster");
        assertThat(some.err())
                .startsWith("flows that match from:web verdict:dropped\n")
                .contains("1 more do not match", "what was before is not searched");
    }

    @Test
    void eventsThatMatchAFilter() {
        Run run = golden("events-filter.txt", "events", "--verdict", "dropped,audited", "!ip:fd77::/16");

        assertThat(run.err()).contains("of the last", "do not match !ip:fd77::/16 verdict:dropped,audited");
    }

    @Test
    void map() {
        golden("map.txt", "map");
        golden("map-ascii.txt", "map", "--group-by", "app", "--ascii");
        golden("map.svg", "map", "--as", "svg");
        golden("map.dot", "map", "--as", "dot");
        golden("map.mmd", "map", "--as", "mermaid");
        golden("map.json", "map", "-o", "json");
    }

    @Test
    void top() {
        golden("top.txt", "top", "--by", "port");
        golden("top.json", "top", "--by", "port", "-o", "json");
    }

    @Test
    void plan() throws IOException {
        String policy = Files.writeString(directory.resolve("web-db.json"), "{\"id\": \"web-db\"}")
                .toString();
        golden(3, "plan.txt", "plan", "-f", policy);
        golden(3, "plan.md", "plan", "-f", policy, "--markdown");
        golden(3, "plan.json", "plan", "-f", policy, "-o", "json");
        golden("plan-harmless.txt", "plan", "--delete", "old-policy");
    }

    @Test
    void policySuggest() {
        Run document = golden("policy-suggest.txt", "policy", "suggest", "db-allow", "--label", "role=data");
        Golden.assertMatches("policy-suggest.err.txt", document.err());
        golden("policy-suggest.json", "policy", "suggest", "db-allow", "-o", "json");
        Run nothing = golden(3, "policy-suggest-nothing.txt", "policy", "suggest", "db", "--direction", "egress");
        Golden.assertMatches("policy-suggest-nothing.err.txt", nothing.err());
    }

    @Test
    void policyUnused() {
        golden("policy-unused.txt", "policy", "unused");
        golden("policy-unused.json", "policy", "unused", "-o", "json");
    }

    @Test
    void policyHistory() {
        golden("policy-history.txt", "policy", "history", "web-db");
        golden("policy-history.json", "policy", "history", "web-db", "--limit", "2", "-o", "json");
    }

    @Test
    void rollouts() {
        golden("rollout-ls.txt", "rollout", "ls");
        golden("rollout-ls.json", "rollout", "ls", "-o", "json");
        golden("rollout-status.txt", "rollout", "status", "web-db");
        golden("rollout-status.json", "rollout", "status", "web-db", "-o", "json");
        golden("rollout-status-aborted.txt", "rollout", "status", "db", "--ascii");
        golden("rollout-pause.txt", "rollout", "pause", "web-db");
        golden("rollout-abort.txt", "rollout", "abort", "web-db", "--reason", "as agreed");
        golden("policy-history-staged.txt", "policy", "history", "staged");
    }

    @Test
    void aRolloutThatIsFollowedIsDrawnAgainOnATerminalAndALineAtEachChangeElsewhere() {
        String[] command = {"rollout", "status", "moving", "-f"};
        Run lines = Run.against(NATS.url()).segctl(command);
        assertThat(lines.exit()).isZero();
        assertThat(lines.out().lines())
                .containsExactly(
                        "moving v4  ◐ running   1 of 2 acknowledged   3 dropped",
                        "moving v4  ✔ promoted   1 of 2 acknowledged   3 dropped");
        bench.forgetQuestions();
        Run drawn = Run.against(NATS.url()).terminal().segctl(command);
        assertThat(drawn.exit()).isZero();
        assertThat(drawn.out()).contains("running").contains("promoted");
        String[] frames = drawn.out().split("\u001b\\[10A\u001b\\[J");
        assertThat(frames)
                .hasSize(3)
                .allSatisfy(frame -> assertThat(frame.lines()).hasSize(10));
    }

    @Test
    void policyDiff() throws Exception {
        Run both = golden("policy-diff.txt", "policy", "diff", "web-db");
        Golden.assertMatches("policy-diff.err.txt", both.err());
        golden("policy-diff-text.txt", "policy", "diff", "web-db", "--from", "1", "--text");
        golden("policy-diff-meaning.txt", "policy", "diff", "web-db", "--meaning");
        Run same = Run.against(NATS.url()).segctl("policy", "diff", "web-db", "--from", "3", "--to", "3");
        assertThat(same.out()).isEmpty();
        assertThat(same.err()).contains("v3 and v3 of web-db say the same");
        Run colored = Run.against(NATS.url()).terminal().segctl("policy", "diff", "web-db", "--text");
        assertThat(colored.out()).contains("\u001b[31m-  \"version_of_test\"", "\u001b[32m+  \"version_of_test\"");
        golden("policy-diff.json", "policy", "diff", "web-db", "--from", "1", "-o", "json");
        Path file = Files.writeString(
                directory.resolve("web-db.json"),
                "{\"id\":\"web-db\",\"version_of_test\":3,\"rules\":[{\"id\":\"r1\",\"priority\":5}]}");
        Golden.assertMatches(
                "policy-diff-file.txt",
                Run.against(NATS.url())
                        .segctl("policy", "diff", "web-db", "-f", file.toString())
                        .out());
    }

    @Test
    void policyLint() throws Exception {
        Run stored = Run.against(NATS.url()).segctl("policy", "lint");
        Golden.assertMatches("policy-lint.txt", stored.out());
        Golden.assertMatches("policy-lint.err.txt", stored.err());
        Golden.assertMatches(
                "policy-lint.json",
                Run.against(NATS.url()).segctl("policy", "lint", "-o", "json").out());
        Files.writeString(directory.resolve("a.json"), """
                {"id": "shop", "name": "n", "type": "network", "priority": 1, "rules": [
                  {"id": "all", "action": "allow", "priority": 1, "conditions": []},
                  {"id": "web", "action": "deny", "priority": 2, "conditions": [
                    {"field": "dest_port", "operator": "eq", "value": 80}]}]}""");
        Run offline = Run.against(NATS.url()).segctl("policy", "lint", "--offline", "-f", directory.toString());
        Golden.assertMatches("policy-lint-offline.txt", offline.out().replace(directory + "/", "DIR/"));
        Golden.assertMatches("policy-lint-offline.err.txt", offline.err());
        Files.writeString(directory.resolve("b.json"), "{\"id\": \"bad\"}");
        Run refused = Run.against(NATS.url()).segctl("policy", "lint", "-f", directory.toString());
        Golden.assertMatches("policy-lint-refused.err.txt", refused.err().replace(directory + "/", "DIR/"));
        assertThat(stored.out()).doesNotContain("\u001b");
    }

    @Test
    void policiesThatArePublishedAgain() {
        golden("policy-rollback.txt", "policy", "rollback", "web-db", "--to", "1");
        golden("policy-rollback.json", "policy", "rollback", "web-db", "--author", "ann", "-o", "json");
        golden("policy-undelete.txt", "policy", "undelete", "gone");
        golden("policy-disable.txt", "policy", "disable", "web-db");
        assertThat(Run.against(NATS.url()).segctl("policy", "enable", "web-db").err())
                .contains("web-db v3 is enabled already");
    }

    @Test
    void policyApply() throws Exception {
        Files.writeString(directory.resolve("bad.json"), "{\"id\":\"bad\"}");
        Files.writeString(directory.resolve("web-db.json"), "{\"id\":\"web-db\"}");
        Run text = Run.against(NATS.url()).segctl("policy", "apply", "-f", directory.toString());
        Run json = Run.against(NATS.url())
                .segctl("policy", "apply", "-f", directory.toString(), "--author", "ann", "-o", "json");
        String folder = directory + "/";

        Golden.assertMatches("policy-apply.txt", text.out());
        Golden.assertMatches("policy-apply.err.txt", text.err().replace(folder, "DIR/"));
        Golden.assertMatches("policy-apply.json", json.out().replace(folder, "DIR/"));
        assertThat(json.exit()).isEqualTo(5);
    }

    @Test
    void workloads() throws Exception {
        golden("workload-ls.txt", "workload", "ls", "--utc");
        golden("workload-ls.json", "workload", "ls", "-o", "json");
        golden("workload-get.json", "workload", "get", "legacy-db");
        golden("workload-rm.txt", "workload", "rm", "legacy-db");
        golden("workload-rm.json", "workload", "rm", "legacy-db", "-o", "json");
        Files.writeString(directory.resolve("bad.json"), "{\"id\":\"bad\"}");
        Files.writeString(directory.resolve("legacy-db.json"), "{\"id\":\"legacy-db\"}");
        Run apply = Run.against(NATS.url()).segctl("workload", "apply", "-f", directory.toString());
        Golden.assertMatches("workload-apply.txt", apply.out());
        Golden.assertMatches("workload-apply.err.txt", apply.err().replace(directory + "/", "DIR/"));
    }

    @Test
    void hosts() {
        golden("hosts-ls.txt", "hosts", "ls");
        golden("hosts-ls.json", "hosts", "ls", "-o", "json");
        golden("hosts-rm.txt", "hosts", "rm", "host-c");
        golden("hosts-rm.json", "hosts", "rm", "host-c", "-o", "json");
    }

    @Test
    void events() {
        Run text = golden("events.txt", "events", "--utc");
        golden("events.json", "events", "-o", "json");
        golden("events.yaml", "events", "-o", "yaml", "--last", "3");
        golden("events-host.txt", "events", "--utc", "--host", "host-b", "--last", "1");
        golden("events-ascii.txt", "events", "--utc", "--ascii", "--last", "4");

        assertThat(text.err())
                .contains("host-b lost 3 events")
                .contains("message 5 of segmentation.events.host-a is no event");
    }

    @Test
    void status() {
        Instant now = Instant.now();
        bench.publish(Subjects.metrics(HOST_A), metrics(HOST_A, 42, now));
        bench.publish(Subjects.metrics(HOST_B), metrics(HOST_B, 41, now));
        bench.publish(
                Subjects.metrics(new HostId("host-c")), metrics(new HostId("host-c"), 42, now.minusSeconds(3600)));
        bench.publish(Subjects.metrics(new HostId("host-e")), metrics(new HostId("host-e"), 43, now));
        for (String service : List.of("policy-service", "telemetry-service")) {
            bench.publish(
                    Subjects.systemOfService(service),
                    new SystemEvent(service, SystemEvent.HEARTBEAT, "clock", "alive", "info", now, Map.of()));
        }

        Golden.assertMatches(
                "status.txt",
                Run.against(NATS.url()).realClock().segctl("status").out());
        Run json = Run.against(NATS.url()).realClock().segctl("status", "-o", "json");
        Golden.assertMatches("status.json", json.out());
        assertThat(json.exit()).isZero();
    }

    @Test
    void req() {
        golden("req.txt", "req", "segmentation.api.policy.get", "{\"policy_id\":\"web-db\"}");
        golden("req.json", "req", "segmentation.api.policy.get", "{\"policy_id\":\"web-db\"}", "-o", "json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "status",
                "doctor",
                "bundle",
                "policy",
                "policy apply",
                "policy get",
                "policy history",
                "policy diff",
                "policy lint",
                "policy rollback",
                "policy enable",
                "policy disable",
                "policy suggest",
                "policy unused",
                "policy undelete",
                "policy ls",
                "policy delete",
                "workload",
                "workload apply",
                "workload get",
                "workload ls",
                "workload rm",
                "hosts",
                "hosts ls",
                "hosts rm",
                "rollout",
                "rollout ls",
                "rollout status",
                "rollout pause",
                "rollout resume",
                "rollout promote",
                "rollout abort",
                "completion",
                "man",
                "flows",
                "map",
                "top",
                "events",
                "explain",
                "plan",
                "demo",
                "import",
                "import k8s",
                "context",
                "context ls",
                "context show",
                "context add",
                "context use",
                "context rm",
                "pub",
                "sub",
                "req"
            })
    void help(String command) {
        String[] words = (command + " --help").strip().split(" ");
        Run run = Run.against(NATS.url()).segctl(words);

        assertThat(run.exit()).isZero();
        assertThat(run.out()).containsPattern("Examples?:\\s+.*segctl ");
        Golden.assertMatches(
                "help%s.txt".formatted(command.isEmpty() ? "" : "-" + command.replace(' ', '-')), run.out());
    }

    @Test
    void everyJsonAnswerIsOneValueAndEveryStreamOneObjectALine() {
        for (String command : List.of("policy ls", "policy get web-db", "policy delete web-db", "status")) {
            Run run = Run.against(NATS.url()).segctl((command + " -o json").split(" "));
            assertThat(Wire.read(run.out().getBytes(StandardCharsets.UTF_8), Object.class))
                    .isNotNull();
        }
        Run events = Run.against(NATS.url()).segctl("events", "-o", "json");
        assertThat(events.out().lines())
                .hasSize(4)
                .allSatisfy(line -> Wire.read(line.getBytes(StandardCharsets.UTF_8), FlowEvent.class));
    }

    @Test
    void coloursAreForTerminalsOnlyAndNotAgainstTheUsersWish() {
        Run.With terminal = Run.against(NATS.url()).terminal();

        assertThat(terminal.segctl("policy", "ls").out()).contains("\u001b[32m✔ enforced\u001b[0m");
        assertThat(terminal.segctl("policy", "ls", "--color", "never").out()).doesNotContain("\u001b");
        assertThat(terminal.environment(Map.of("NATS_URL", NATS.url(), "NO_COLOR", "1"))
                        .segctl("policy", "ls")
                        .out())
                .doesNotContain("\u001b");
        assertThat(terminal.segctl("policy", "ls", "-o", "json").out()).doesNotContain("\u001b");
        assertThat(Run.against(NATS.url()).segctl("policy", "ls").out()).doesNotContain("\u001b");
        assertThat(Run.against(NATS.url())
                        .segctl("policy", "ls", "--color", "always")
                        .out())
                .contains("\u001b[");
    }

    private static Run golden(String name, String... arguments) {
        return golden(0, name, arguments);
    }

    private static Run golden(int exit, String name, String... arguments) {
        Run run = Run.against(NATS.url()).segctl(arguments);
        assertThat(run.exit()).as(run.err()).isEqualTo(exit);
        Golden.assertMatches(name, run.out());
        return run;
    }

    private static FlowEvent event(
            HostId host, String id, Verdict verdict, Reason reason, String from, String to, String rule, long lost) {
        return new FlowEvent(
                id,
                host,
                verdict == Verdict.DROPPED ? FlowEvent.PACKET_DROPPED : FlowEvent.PACKET_ALLOWED,
                new PolicyId("web-db"),
                3L,
                rule,
                reason,
                verdict,
                Direction.INGRESS,
                Hook.TC_INGRESS,
                from,
                to,
                40_000,
                5432,
                "tcp",
                "eth0",
                7,
                verdict == Verdict.DROPPED ? 12 : 1,
                lost,
                1,
                Run.NOW.minusMillis(771),
                Map.of());
    }

    private static FlowEvent posture() {
        return new FlowEvent(
                "04-a",
                HOST_A,
                FlowEvent.PACKET_ALLOWED,
                null,
                null,
                null,
                Reason.POSTURE,
                Verdict.ALLOWED,
                Direction.EGRESS,
                Hook.CONNECT4,
                null,
                "10.77.0.20",
                0,
                0,
                "icmp",
                null,
                7,
                1,
                0,
                1,
                Run.NOW.minusSeconds(90_000),
                Map.of());
    }

    private static MetricsReport metrics(HostId host, long revision, Instant at) {
        return new MetricsReport(
                host, 1000, 990, 10, 2, 3, 2, 0, 1, revision, 7, 0, 5, 1024, List.of(), Map.of(), List.of(), List.of(),
                at);
    }
}
