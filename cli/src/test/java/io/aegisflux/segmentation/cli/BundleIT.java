package io.aegisflux.segmentation.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.Examples;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Prefix;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.NatsBinary;
import io.aegisflux.segmentation.harness.NatsServer;
import io.aegisflux.segmentation.harness.Repository;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.StreamCatalog;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bundles of a fleet whose names, addresses and words are planted: services answer the contracts' examples with those in them,
 * the streams are those that services make.
 */
class BundleIT {
    private static final String PASSWORD = "hunter2-secret";

    /** What stands in the examples, and what is planted in its place. */
    private static final Map<String, String> PLANTED = new LinkedHashMap<>();

    static {
        PLANTED.put("198.18.", "203.0.");
        PLANTED.put("fd77:", "2bad:");
        PLANTED.put("host-", "zanzibar-");
        PLANTED.put("legacy-db", "moonshine-legacy");
        PLANTED.put("Only the API may use the database", "Project Moonshine");
        PLANTED.put("\"ann\"", "\"kunigunde\"");
        PLANTED.put("\"app\"", "\"tenantkey\"");
        PLANTED.put("label.app", "label.tenantkey");
        PLANTED.put("\"role\"", "\"costcenter\"");
        PLANTED.put("\"data\"", "\"acme\"");
        PLANTED.put("eth0", "vlanacme0");
        PLANTED.put("\"tc_egress\": \"tcx\"", "\"tc_egress@vlanacme0\": \"off: vlanacme0 is gone\"");
        PLANTED.put("\"curl\"", "\"xmrig\"");
    }

    private static final List<String> SECRETS = List.of(
            "203.0.",
            "2bad:",
            "zanzibar",
            "moonshine",
            "kunigunde",
            "tenantkey",
            "costcenter",
            "acme",
            "xmrig",
            "hunter2",
            "auditor");

    /** The example that answers each verb. */
    private static final Map<String, String> ANSWERS = Map.ofEntries(
            Map.entry("policy.hosts", "api-policy-hosts-reply"),
            Map.entry("policy.workloads", "api-policy-workloads-reply"),
            Map.entry("policy.list", "api-policy-list-reply"),
            Map.entry("policy.history", "api-policy-history-reply"),
            Map.entry("policy.get", "stored-policy-staged"),
            Map.entry("policy.rollouts", "api-policy-rollouts-reply"),
            Map.entry("policy.lint", "api-policy-lint-reply"),
            Map.entry("policy.unused", "api-policy-unused-reply"),
            Map.entry("builder.status", "api-builder-status-reply"),
            Map.entry("telemetry.summary", "telemetry-summary"),
            Map.entry("telemetry.hosts", "telemetry-hosts"),
            Map.entry("telemetry.rules", "telemetry-rules"),
            Map.entry("telemetry.map", "api-telemetry-map-reply"),
            Map.entry("telemetry.top", "api-telemetry-top-reply"),
            Map.entry("telemetry.hints", "api-telemetry-hints-reply"));

    private static final Map<String, Dispatcher> SERVICES = new TreeMap<>();

    private static NatsServer server;
    private static Bench bench;

    @TempDir
    Path directory;

    @BeforeAll
    static void plant() {
        server = NatsServer.start(NatsBinary.find(), "127.0.0.1", NatsServer.freePort(), """
                authorization {
                  users: [
                    { user: auditor, password: %s }
                    { user: supporter, password: help, permissions: {
                        publish: ["segmentation.api.*.*", "$JS.API.STREAM.INFO.*", "$JS.API.STREAM.MSG.GET.*",
                            "$JS.API.DIRECT.GET.>", "$JS.API.CONSUMER.LIST.*", "$JS.API.CONSUMER.CREATE.>",
                            "$JS.API.CONSUMER.MSG.NEXT.>", "$JS.API.CONSUMER.DELETE.>"],
                        subscribe: ["_INBOX.>"] } }
                    { user: viewer, password: look, permissions: {
                        publish: ["segmentation.api.policy.list", "segmentation.api.policy.get"],
                        subscribe: ["_INBOX.>"] } }
                  ]
                  timeout: 5
                }
                no_auth_user: auditor
                """.formatted(PASSWORD));
        bench = Bench.connected(as("auditor", PASSWORD));
        Bus bus = Bus.over(bench.connection());
        Stream.of(
                        Streams.POLICIES,
                        Streams.POLICY_STORE,
                        Streams.ROLLOUTS,
                        Streams.HOSTS,
                        Streams.WORKLOADS,
                        Streams.DESIRED,
                        Streams.BUILD_REQUESTS,
                        Streams.BUILD_RESULTS,
                        Streams.EVENTS,
                        Streams.FLOWS,
                        Streams.METRICS,
                        Streams.SYSTEM,
                        Streams.POLICY_UPDATES,
                        Streams.TELEMETRY,
                        Streams.LEASES)
                .forEach(stream -> StreamCatalog.ensure(bus, stream));
        StreamCatalog.ensureBucket(bus, Streams.ARTIFACTS_BUCKET);
        StreamCatalog.ensureBucket(bus, Streams.RULE_TABLES_BUCKET);
        ANSWERS.keySet().forEach(BundleIT::serve);
        HostId host = new HostId("zanzibar-b");
        bench.publish(Subjects.events(host), planted("event-packet-dropped"));
        bench.publish(Subjects.events(host), planted("event-connection-blocked"));
        bench.publish(Subjects.events(host), "zanzibar is no JSON".getBytes(UTF_8));
        bench.publish(Subjects.host(host), planted("capability-report"));
        bench.publish(Subjects.metrics(host), planted("metrics"));
        bench.publish(Subjects.policyUpdates(host), planted("policy-update-refused"));
        for (String event : List.of("error", "capability-report", "table-rejected", "program-loaded")) {
            bench.publish(Subjects.system(host), planted("system-" + event));
        }
        for (String event : List.of("policy-rejected", "workload-rejected", "rollout-aborted")) {
            bench.publish(Subjects.systemOfService("policy-service"), planted("system-" + event));
        }
        for (String service : List.of("policy-service", "builder-service", "telemetry-service")) {
            bench.publish(
                    Subjects.systemOfService(service), """
                    {"host_id": "%s", "event_type": "heartbeat", "component": "clock", "level": "info",
                     "message": "cannot reach backup.zanzibar.corp of kunigunde (203.0.7.7:443, 2bad::7)",
                     "timestamp": "2026-03-02T09:15:30Z", "metadata": {"version": "0.1.0"}}""".formatted(service).getBytes(UTF_8));
        }
        bench.flush();
    }

    @AfterAll
    static void stop() {
        bench.close();
        server.close();
    }

    @Test
    void hasEverythingAndNothingOfWhomItIsOf() throws Exception {
        Path file = directory.resolve("bundle.tgz");
        Run run = auditor().segctl("bundle", file.toString(), "-o", "json");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(left()).containsExactly("bundle.tgz");
        String everything = new String(unzipped(file), ISO_8859_1);
        SECRETS.forEach(secret -> assertThat(everything).doesNotContainIgnoringCase(secret));

        Map<String, byte[]> files = unpacked(file);
        JsonNode manifest = json(files.remove("manifest.json"));
        assertThat(manifest).isEqualTo(json(run.out().getBytes(UTF_8)));
        assertThat(manifest.path("files")
                        .valueStream()
                        .map(each -> each.path("path").asText()))
                .containsExactlyElementsOf(files.keySet());
        manifest.path("files")
                .forEach(each -> assertThat(each.path("sha256").asText())
                        .isEqualTo(Digests.sha256Hex(files.get(each.path("path").asText()))));
        files.forEach((path, content) -> new String(content, UTF_8)
                .lines()
                .limit(path.endsWith(".jsonl") ? Long.MAX_VALUE : 0)
                .forEach(line -> json(line.getBytes(UTF_8))));
        Golden.assertMatches(
                "bundle.json",
                run.out()
                        .replaceAll("\"bytes\" : [0-9]+", "\"bytes\" : 1")
                        .replaceAll("\"(addresses|names)\" : [1-9][0-9]*", "\"$1\" : 1")
                        .replaceAll("[0-9a-f]{64}", "0".repeat(64))
                        .replaceAll("redacted-[0-9a-f]{12}", "redacted-0"));
    }

    @Test
    void whatSupportNeedsIsInIt() throws Exception {
        Path file = directory.resolve("bundle.tgz");
        assertThat(auditor().segctl("bundle", file.toString()).exit()).isZero();
        Map<String, byte[]> files = unpacked(file);

        JsonNode policy = json(files.get("policies/web-db.json"));
        assertThat(policy.at("/document/rules/0/id").asText()).isEqualTo("allow-api");
        assertThat(policy.at("/document/rules/0/conditions/2/value").asInt()).isEqualTo(5432);
        JsonNode hosts = json(files.get("hosts.json")).path("hosts");
        String host = hosts.at("/1/host_id").asText();
        assertThat(files).containsKey("hosts/" + host + ".json");
        JsonNode told = json(files.get("hosts/" + host + ".json"));
        assertThat(told.at("/capability_report/message/kernel_version").asText())
                .isEqualTo("6.18.5");
        assertThat(told.at("/metrics/message/rule_hits/0/packets").asInt()).isEqualTo(96);
        assertThat(told.at("/policy_update/message/metadata/reason").asText())
                .isEqualTo("the table is not taken: the table needs 400000 entries for IPv4, at most 299593 fit");
        List<JsonNode> events = new String(files.get("events.jsonl"), UTF_8)
                .lines()
                .map(line -> json(line.getBytes(UTF_8)))
                .toList();
        assertThat(events.getFirst().path("host_id").asText()).isEqualTo(host);
        assertThat(events.getFirst().path("reason").asText()).isEqualTo("RULE_DENY");
        assertThat(events.getFirst().path("dest_ip")).isEqualTo(events.get(1).path("dest_ip"));
        assertThat(events.getLast().has("malformed_bytes")).isTrue();
        JsonNode workloads = json(files.get("workloads.json")).path("workloads");
        assertThat(workloads.at("/1/addresses/0")).isEqualTo(events.getFirst().path("dest_ip"));
        assertThat(shared(workloads.at("/1/addresses/0"), workloads.at("/2/addresses/0")))
                .as("198.18.2.20 and 198.18.9.7 are of one 198.18.0.0/20")
                .isEqualTo(20);
        assertThat(json(files.get("doctor.json")).path("findings").size()).isGreaterThan(5);
        assertThat(json(files.get("streams/SEGMENTATION_EVENTS.json"))
                        .at("/info/state/messages")
                        .asInt())
                .isEqualTo(3);
        assertThat(json(files.get("services/policy-service.json"))
                        .at("/message/metadata/version")
                        .asText())
                .isEqualTo("0.1.0");
        assertThat(new String(files.get("system.jsonl"), UTF_8)).contains("70000 is not a port");
    }

    @Test
    void withoutRedactionItHasAllButCredentialsAndSaysSo() throws Exception {
        Path file = directory.resolve("bundle.tgz");
        Run run = auditor().segctl("bundle", file.toString(), "--no-redact", "-q");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.err()).contains("nothing is redacted");
        assertThat(run.out()).contains("not redacted");
        String everything = new String(unzipped(file), ISO_8859_1);
        assertThat(everything)
                .contains("203.0.2.20", "2bad:", "zanzibar-b", "Project Moonshine", "kunigunde", "xmrig", "acme")
                .doesNotContain("hunter2");
    }

    @Test
    void whatIsMissingIsInTheManifestAndTheExitCode() throws Exception {
        Path file = directory.resolve("bundle.tgz");
        bench.connection().closeDispatcher(SERVICES.remove("builder.status"));
        try {
            bench.flush();
            Run run = auditor().segctl("bundle", file.toString());

            assertThat(run.exit()).as(run.err()).isEqualTo(6);
            assertThat(run.out()).contains("–  builder.json  nobody listens on segmentation.api.builder.status");
            assertThat(run.err()).contains("1 of ", "are not in the bundle", "→ manifest.json says why");
            JsonNode manifest = json(unpacked(file).get("manifest.json"));
            assertThat(manifest.path("complete").asBoolean()).isFalse();
            assertThat(manifest.at("/missing/0/path").asText()).isEqualTo("builder.json");
        } finally {
            serve("builder.status");
            bench.flush();
        }
    }

    @Test
    void aUserWithFewRightsGetsWhatItMayAsk() throws Exception {
        Path file = directory.resolve("bundle.tgz");
        Run run = Run.against(as("viewer", "look")).segctl("bundle", file.toString(), "--timeout", "3s");

        assertThat(run.exit()).as(run.err()).isEqualTo(6);
        Map<String, byte[]> files = unpacked(file);
        assertThat(files).containsKeys("policies.json", "policies/web-db.json", "doctor.json", "versions.json");
        assertThat(files)
                .doesNotContainKeys("hosts.json", "status.json", "events.jsonl", "policies/web-db.history.json");
        Map<String, String> missing = new TreeMap<>();
        json(files.get("manifest.json"))
                .path("missing")
                .forEach(each -> missing.put(
                        each.path("path").asText(), each.path("reason").asText()));
        assertThat(missing)
                .containsKeys("policies/web-db.history.json", "status.json", "telemetry/map.json", "events.jsonl");
        assertThat(missing.get("hosts.json"))
                .contains("the broker does not permit this user to ask segmentation.api.policy.hosts");
    }

    @Test
    void theRightsThatTheManualNamesAreEnough() throws Exception {
        Run run = Run.against(as("supporter", "help"))
                .segctl("bundle", directory.resolve("bundle.tgz").toString());

        assertThat(run.exit()).as(run.out() + run.err()).isZero();
    }

    @Test
    void replacesNoFileUnlessForced() throws Exception {
        Path file = Files.writeString(directory.resolve("bundle.tgz"), "of somebody else");

        Run run = auditor().segctl("bundle", file.toString());
        assertThat(run.exit()).isEqualTo(5);
        assertThat(run.err()).contains("is there already", "--force");
        assertThat(file).hasContent("of somebody else");
        assertThat(auditor().segctl("bundle", file.toString(), "--force").exit())
                .isZero();
        assertThat(unpacked(file)).containsKey("manifest.json");
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(left()).containsExactly("bundle.tgz");
    }

    @Test
    void leavesNothingWhereThereIsNoBrokerOrNoPlace() throws Exception {
        Path file = directory.resolve("bundle.tgz");

        assertThat(Run.against("nats://127.0.0.1:1")
                        .segctl("bundle", file.toString())
                        .exit())
                .isEqualTo(4);
        Run run = auditor()
                .segctl("bundle", directory.resolve("nowhere/bundle.tgz").toString());
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("cannot write");
        assertThat(left()).isEmpty();
    }

    @Test
    void ctrlCLeavesNothing() throws Exception {
        bench.connection().closeDispatcher(SERVICES.remove("policy.hosts"));
        Dispatcher silent = bench.connection().createDispatcher(request -> {}).subscribe(api("policy.hosts"));
        Process process = null;
        try {
            bench.flush();
            ProcessBuilder builder = new ProcessBuilder(
                            "env",
                            "--default-signal=INT",
                            Repository.root().resolve("cli/target/segctl").toString(),
                            "bundle",
                            "bundle.tgz",
                            "--timeout",
                            "10m")
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD);
            builder.environment().put("NATS_URL", as("auditor", PASSWORD));
            process = builder.start();
            await().atMost(Duration.ofSeconds(60)).until(() -> left().size() == 1);
            assertThat(left().getFirst()).endsWith(".part");
            new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                    .start()
                    .waitFor();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(130);
            assertThat(left()).isEmpty();
        } finally {
            if (process != null) {
                process.destroyForcibly();
            }
            bench.connection().closeDispatcher(silent);
            serve("policy.hosts");
            bench.flush();
        }
    }

    @Test
    void progressIsForTerminals() {
        Run run =
                auditor().terminal().segctl("bundle", directory.resolve("a.tgz").toString());

        assertThat(run.err()).contains("\r\u001b[Kgathers hosts.json").endsWith("\r\u001b[K");
        assertThat(auditor()
                        .terminal()
                        .segctl("bundle", directory.resolve("b.tgz").toString(), "-q")
                        .err())
                .isEmpty();
    }

    private static void serve(String verb) {
        Connection connection = bench.connection();
        byte[] answer = planted(ANSWERS.get(verb));
        if (verb.equals("policy.workloads")) {
            ObjectNode page = (ObjectNode) json(answer);
            page.remove("next");
            answer = Wire.write(page);
        }
        byte[] body = answer;
        SERVICES.put(
                verb,
                connection
                        .createDispatcher(request -> connection.publish(request.getReplyTo(), body))
                        .subscribe(api(verb)));
    }

    private static String api(String verb) {
        return Subjects.API + verb;
    }

    private static byte[] planted(String example) {
        String text = new String(Examples.read(example), UTF_8);
        for (Map.Entry<String, String> each : PLANTED.entrySet()) {
            text = text.replace(each.getKey(), each.getValue());
        }
        return text.getBytes(UTF_8);
    }

    private static Run.With auditor() {
        return Run.against(as("auditor", PASSWORD));
    }

    private static String as(String user, String password) {
        return server.url().replace("://", "://%s:%s@".formatted(user, password));
    }

    private List<String> left() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static byte[] unzipped(Path file) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return in.readAllBytes();
        }
    }

    private static Map<String, byte[]> unpacked(Path file) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(unzipped(file)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                assertThat(entry.getName()).startsWith("segctl-bundle/");
                assertThat(entry.getMode() & 0777).isEqualTo(0600);
                files.put(entry.getName().substring("segctl-bundle/".length()), tar.readAllBytes());
            }
        }
        return files;
    }

    private static int shared(JsonNode one, JsonNode other) {
        int differing = Integer.numberOfLeadingZeros(first32(one) ^ first32(other));
        return differing;
    }

    private static int first32(JsonNode address) {
        return (int) (Prefix.parse(address.asText()).high() >>> 32);
    }

    private static JsonNode json(byte[] bytes) {
        return Wire.read(bytes, JsonNode.class);
    }
}
