package io.aegisflux.segmentation.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.contracts.Examples;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.PolicyUpdate;
import io.aegisflux.segmentation.contracts.PublishHeaders;
import io.aegisflux.segmentation.contracts.RolloutChange;
import io.aegisflux.segmentation.contracts.RolloutRequest;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.NatsServerExtension;
import io.aegisflux.segmentation.harness.Repository;
import io.aegisflux.segmentation.harness.ServiceProcess;
import io.aegisflux.segmentation.telemetry.domain.Fixtures;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Prometheus scrapes the three services, as deploy/prometheus has it, but for targets and pace. Hosts alone are
 * doubles. It is asked everything that the dashboards ask.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DashboardsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final int MAX_RULES = 1_000; // the default
    private static final int RULES = 5_000;

    @RegisterExtension
    static final NatsServerExtension NATS = new NatsServerExtension();

    @TempDir
    static Path directory;

    private static FleetDouble fleet;
    private static List<ServiceProcess> services;
    private static PrometheusProcess prometheus;
    private static Thread hosts;
    private static volatile boolean crowded;

    @BeforeAll
    static void start() throws Exception {
        fleet = new FleetDouble(NATS.url());
        services = List.of(
                service("policy-service", Map.of("POLICY_SIGNING_KEY", path("policy.pem"))),
                service(
                        "builder-service",
                        Map.of("ARTIFACT_SIGNING_KEY", path("artifact.pem"), "BUILD_OUTPUT_DIR", path("builds"))),
                service("telemetry-service", Map.of()));
        services.forEach(service -> service.awaitReady(PATIENCE));
        prometheus = PrometheusProcess.start(configuration(), directory);
        await().atMost(PATIENCE).until(() -> prometheus.number("sum(up)") == services.size());
        hosts = Thread.ofVirtual().start(DashboardsIT::reportForEver);
        publishPolicies();
    }

    @AfterAll
    static void stop() throws Exception {
        hosts.interrupt();
        hosts.join();
        prometheus.close();
        services.forEach(ServiceProcess::close);
        fleet.close();
    }

    private static ServiceProcess service(String module, Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("NATS_URL", NATS.url());
        return ServiceProcess.start(module, all, directory.resolve(module + ".log"));
    }

    private static String path(String name) {
        return directory.resolve(name).toString();
    }

    /** The shipped one with the services where they are here, ten times as fast, and alerts that do not wait. */
    private static Path configuration() throws IOException {
        Path shipped = Repository.root().resolve("deploy/prometheus");
        String config = Files.readString(shipped.resolve("prometheus.yml")).replace("10s", "1s");
        for (ServiceProcess service : services) {
            config = config.replaceFirst(
                    "[a-z]+-service:80\\d\\d", service.http().replace("http://", ""));
        }
        Files.writeString(
                directory.resolve("alerts.yml"),
                Files.readString(shipped.resolve("alerts.yml")).replaceAll("for: \\d+m", "for: 0s"));
        return Files.writeString(directory.resolve("prometheus.yml"), config);
    }

    private static void publishPolicies() throws Exception {
        await().atMost(PATIENCE).until(() -> prometheus.hasAnswer("segmentation_node_last_report_timestamp_seconds"));
        fleet.publish("segmentation.system.host-b", Examples.read("system-capability-report"));
        publish("web-db", document -> {}, new Headers());
        publish("audited", document -> document.put("mode", "audit"), new Headers());
        publish(
                "ends",
                document -> document.put(
                        "expires_at", Instant.now().plusSeconds(7_200).toString()),
                new Headers());
        publish("ends", document -> document.put("surprise", true), new Headers()); // refused
        publish("web-db", document -> document.put("name", "Staged"), canary());
        publish("undone", document -> {}, canary());
        fleet.bus()
                .request(
                        Subjects.api(PolicyApi.SERVICE, PolicyApi.ROLLOUT_CHANGE),
                        Wire.write(new RolloutChange(new PolicyId("undone"), null, RolloutChange.ABORT, null, null)));
        fleet.bus()
                .request( // refused
                        Subjects.api(PolicyApi.SERVICE, PolicyApi.ROLLOUT),
                        Wire.write(new RolloutRequest(new PolicyId("nobody"))));
    }

    private static Headers canary() {
        return new Headers()
                .put(PublishHeaders.CANARY, "hosts:host-b")
                .put(PublishHeaders.ROLLOUT, "ack=10m,soak=10m,silence=10m");
    }

    private static void publish(String id, Consumer<ObjectNode> change, Headers headers) throws Exception {
        ObjectNode document = (ObjectNode) Wire.mapper().readTree(Examples.read("policy-web-db"));
        document.put("id", id);
        change.accept(document);
        assertThat(fleet.bus().connection().request(Subjects.POLICIES + id, headers, Wire.write(document), PATIENCE))
                .isNotNull();
    }

    /** A host whose rules are hit and that applies a policy again and again, one with nothing loaded, and a crowded one. */
    private static void reportForEver() {
        try {
            for (int round = 1; !Thread.currentThread().isInterrupted(); round++) {
                long grown = round;
                fleet.metrics("host-b", 1_000 * grown, node -> {
                    ArrayNode rows = node.withArray("rule_hits");
                    rows.add(((ObjectNode) rows.get(1).deepCopy()).put("policy_id", "audited"));
                    rows.forEach(row -> ((ObjectNode) row).put("packets", 10 * grown));
                    node.withArray("verdicts")
                            .forEach(row -> ((ObjectNode) row)
                                    .put("packets", 100 * grown)
                                    .put("bytes", 6_000 * grown));
                    node.put("events_lost", grown).put("table_bytes", 15_000_000);
                });
                fleet.metrics("crowded", 1_000 * grown, node -> hitRules(node, crowded ? RULES : 1, 1_000 * grown));
                fleet.metrics("bare", 1, node -> node.put("programs_loaded", 0).putArray("rule_hits"));
                fleet.drop("host-b", 5432, 1);
                fleet.publish(
                        "segmentation.policy_updates.host-b",
                        Fixtures.example(
                                "policy-update-created",
                                PolicyUpdate.class,
                                node -> node.put("policy_id", "audited")
                                        .put("timestamp", Instant.now().toString())));
                Thread.sleep(700);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the test is over
        }
    }

    private static void hitRules(ObjectNode node, int rules, long packets) {
        ArrayNode rows = node.putArray("rule_hits");
        for (int i = 0; i < rules; i++) {
            rows.addObject()
                    .put("policy_id", "crowd-" + i % 50)
                    .put("policy_version", 1)
                    .put("rule_id", "r" + i)
                    .put("packets", packets)
                    .put("bytes", 60 * packets);
        }
    }

    @Test
    void everyQueryOfEveryDashboardHasAnAnswer() throws IOException {
        for (Dashboard dashboard : Dashboard.all()) {
            assertThat(dashboard.expressions()).as(dashboard.file()).hasSizeGreaterThan(8);
            List<String> expressions = dashboard.expressions().stream()
                    .map(asked -> filledIn(dashboard, asked))
                    .toList();
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofSeconds(1))
                    .untilAsserted(
                            () -> assertThat(expressions).as(dashboard.file()).allMatch(prometheus::hasAnswer));
        }
    }

    /** As Grafana fills variables in when all values are chosen. */
    private static String filledIn(Dashboard dashboard, String asked) {
        String expression = asked.replace("$__rate_interval", "1m").replace("$__range", "5m");
        for (Dashboard.Variable variable : dashboard.variables()) {
            await(variable.toString())
                    .atMost(PATIENCE)
                    .until(() -> !values(variable).isEmpty());
            expression = expression.replace("$" + variable.name(), String.join("|", values(variable)));
        }
        assertThat(expression).doesNotContain("$");
        return expression;
    }

    private static TreeSet<String> values(Dashboard.Variable variable) {
        return prometheus.query(variable.series()).stream()
                .map(sample -> sample.path("metric").path(variable.label()).asText())
                .filter(value -> !value.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void dashboardsHaveUidsOfTheirOwnAndAskTheDataSourceThatIsChosen() throws IOException {
        List<Dashboard> dashboards = Dashboard.all();
        assertThat(dashboards)
                .extracting(Dashboard::file)
                .containsExactly("health.json", "hosts.json", "overview.json", "policies.json");
        assertThat(dashboards)
                .extracting(Dashboard::uid)
                .doesNotHaveDuplicates()
                .doesNotContain("");
        for (Dashboard dashboard : dashboards) {
            assertThat(dashboard
                            .json()
                            .path("templating")
                            .path("list")
                            .path(0)
                            .path("type")
                            .asText())
                    .as(dashboard.file())
                    .isEqualTo("datasource");
            for (JsonNode panel : dashboard.json().path("panels")) {
                assertThat(panel.findValues("datasource"))
                        .as(dashboard.file() + ": " + panel.path("title").asText())
                        .isNotEmpty()
                        .allSatisfy(source ->
                                assertThat(source.path("uid").asText()).isEqualTo("${datasource}"));
            }
            assertThat(dashboard.json().path("panels"))
                    .extracting(panel -> panel.path("id").asInt())
                    .as("ids within " + dashboard.file())
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void alertsFireAndSayWhatToDo() {
        List<String> expected = List.of(
                "SegmentationEventsLost",
                "SegmentationFailOpen",
                "SegmentationMapNearlyFull",
                "SegmentationPolicyRejected",
                "SegmentationRolloutAborted",
                "SegmentationRuleExpiringSoon");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(prometheus.query("ALERTS{alertstate=\"firing\"}"))
                        .extracting(sample ->
                                sample.path("metric").path("alertname").asText())
                        .containsAll(expected));
        assertThat(prometheus.get("/api/v1/rules").findValuesAsText("health"))
                .hasSizeGreaterThanOrEqualTo(11)
                .containsOnly("ok");
        for (JsonNode alert : prometheus.get("/api/v1/alerts").path("alerts")) {
            assertThat(alert.path("annotations").path("summary").asText())
                    .as(alert.toString())
                    .isNotBlank()
                    .doesNotContain("no value", "error");
            assertThat(alert.path("annotations").path("description").asText()).doesNotContain("no value", "error");
        }
    }

    /** The last, for afterwards rules with little traffic have no series. */
    @Test
    @Order(Order.DEFAULT + 1)
    void keepsToTheLimitOfRulesWithFiveTimesAsMany() {
        crowded = true;
        String shown = "count(segmentation_rule_hits_total{rule!=\"other\"})";
        await().atMost(PATIENCE).until(() -> prometheus.number(shown) == MAX_RULES);
        await("the rest is summed up")
                .atMost(PATIENCE)
                .until(() -> prometheus.number("segmentation_rule_hits_total{rule=\"other\",verdict=\"unknown\"}")
                        >= RULES - MAX_RULES);
        await("at no time were there more")
                .atMost(PATIENCE)
                .until(() -> prometheus.number("max_over_time(" + shown + "[10m:1s])") == MAX_RULES);
        assertThat(prometheus.number("count(segmentation_rule_last_hit_timestamp_seconds) or vector(0)"))
                .isLessThanOrEqualTo(MAX_RULES);
    }

    @Test
    void everyFamilyOfEveryServiceIsDocumentedAndPassesPromtool() throws Exception {
        for (ServiceProcess service : services) {
            Scrape scrape = Scrape.of(service);
            MetricsPage.assertHas(scrape);
            Promtool.checkMetrics(scrape, directory);
        }
    }

    @Test
    void tellsWhatIsInForceWhileARolloutRunsAndAfterOneWasAborted() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(prometheus.query("segmentation_policy_info{policy=\"web-db\"}"))
                    .extracting(
                            sample -> sample.path("metric").path("version").asText(),
                            sample -> sample.path("metric").path("staged").asText())
                    .containsExactlyInAnyOrder(tuple("1", "false"), tuple("2", "true"));
            assertThat(prometheus.number("segmentation_rollout_state{policy=\"undone\",state=\"aborted\"}"))
                    .isEqualTo(1);
        });
        assertThat(prometheus.query("segmentation_policy_info{policy=\"undone\"}"))
                .isEmpty();
    }
}
