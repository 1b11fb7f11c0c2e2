package io.aegisflux.segmentation.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.contracts.Examples;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyUpdate;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.NatsServerExtension;
import io.aegisflux.segmentation.harness.ServiceProcess;
import io.aegisflux.segmentation.telemetry.domain.Fixtures;
import io.nats.client.Dispatcher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus is told, by the packaged service, of the example messages. */
class MetricsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MAX_RULES = 5;

    @RegisterExtension
    static final NatsServerExtension NATS = new NatsServerExtension();

    @TempDir
    static Path directory;

    private static FleetDouble fleet;
    private static ServiceProcess service;

    @BeforeAll
    static void start() {
        fleet = new FleetDouble(NATS.url());
        service = ServiceProcess.start(
                        "telemetry-service",
                        Map.of(
                                "NATS_URL",
                                NATS.url(),
                                "SEGMENTATION_METRICS_MAX_RULES",
                                Integer.toString(MAX_RULES),
                                "SEGMENTATION_REVISION",
                                "abc123"),
                        directory.resolve("service.log"))
                .awaitReady(Duration.ofSeconds(60));
        tellTheExamples();
    }

    @AfterAll
    static void stop() {
        service.close();
        fleet.close();
    }

    private static void tellTheExamples() {
        fleet.publish("segmentation.system.host-b", Examples.read("system-capability-report"));
        fleet.publish("segmentation.policy_store.web-db", Examples.read("stored-policy"));
        fleet.publish("segmentation.metrics.host-b", Examples.read("metrics"));
        awaitValue("segmentation_table_capacity_bytes{host=\"host-b\",}", 16_777_216);
        awaitValue(hits("allow-api", "allowed"), 0);
        fleet.metrics(
                "host-b",
                20_000,
                node -> node.withArray("rule_hits")
                        .forEach(row -> ((ObjectNode) row)
                                .put("packets", row.get("packets").asLong() + 7)));
        awaitValue(hits("allow-api", "allowed"), 7);
    }

    private static String hits(String rule, String verdict) {
        return "segmentation_rule_hits_total{policy=\"web-db\",rule=\"%s\",verdict=\"%s\",}".formatted(rule, verdict);
    }

    private static OptionalDouble value(String series) {
        return Scrape.of(service).value(series);
    }

    private static void awaitValue(String series, double wanted) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(value(series)).hasValue(wanted));
    }

    @Test
    void tellsOfHostsWhatTheyReported() {
        Scrape scrape = Scrape.of(service);
        assertThat(scrape.value("segmentation_packets_total{host=\"host-b\",hook=\"tc_ingress\",verdict=\"allowed\",}"))
                .hasValue(12040);
        assertThat(scrape.value("segmentation_bytes_total{host=\"host-b\",hook=\"tc_egress\",verdict=\"allowed\",}"))
                .hasValue(811404);
        assertThat(scrape.value(
                        "segmentation_connections_total{host=\"host-b\",hook=\"connect\",verdict=\"dropped\",}"))
                .hasValue(0);
        assertThat(scrape.value("segmentation_drops_total{host=\"host-b\",reason=\"RULE_DENY\",}"))
                .hasValue(24);
        assertThat(scrape.value("segmentation_ringbuf_lost_events_total{host=\"host-b\",}"))
                .hasValue(0);
        assertThat(scrape.value("segmentation_node_policy_revision{host=\"host-b\",}"))
                .hasValue(42);
        assertThat(scrape.value("segmentation_node_fail_open{host=\"host-b\",reason=\"hook_off\",}"))
                .hasValue(0);
        assertThat(scrape.value("segmentation_table_bytes{host=\"host-b\",}")).hasValue(704);
        assertThat(scrape.value("segmentation_programs{host=\"host-b\",program=\"tc_ingress\",state=\"tcx\",}"))
                .hasValue(1);
        assertThat(scrape.value("segmentation_node_last_report_timestamp_seconds{host=\"host-b\",}")
                        .orElseThrow())
                .isCloseTo(Instant.now().getEpochSecond(), within(120.0));
    }

    @Test
    void tellsOfPoliciesAndRules() {
        Scrape scrape = Scrape.of(service);
        assertThat(scrape.value(hits("deny-others", "dropped"))).hasValue(7);
        assertThat(scrape.value("segmentation_rule_last_hit_timestamp_seconds{policy=\"web-db\",rule=\"deny-others\",}")
                        .orElseThrow())
                .as("2026-03-02T09:15:41.008Z, as the host tells it")
                .isCloseTo(1_772_442_941.008, within(0.001));
        assertThat(
                        scrape.value(
                                "segmentation_policy_info{policy=\"web-db\",version=\"1\",type=\"network\",mode=\"enforce\",staged=\"false\",}"))
                .hasValue(1);
        assertThat(scrape.value("segmentation_policies{state=\"enforced\",}").orElseThrow())
                .isGreaterThanOrEqualTo(1);
        assertThat(scrape.value("segmentation_policies{state=\"audit\",}")).hasValue(0);
    }

    @Test
    void tellsOfItself() {
        Scrape scrape = Scrape.of(service);
        assertThat(scrape.value("segmentation_nats_connected{service=\"telemetry-service\",}"))
                .hasValue(1);
        for (String stream : List.of("EVENTS", "METRICS", "SYSTEM", "POLICY_UPDATES")) {
            assertThat(scrape.value(
                            "segmentation_consumer_pending_messages{service=\"telemetry-service\",stream=\"SEGMENTATION_%s\",}"
                                    .formatted(stream)))
                    .hasValue(0);
        }
        assertThat(scrape.series("segmentation_build_info"))
                .singleElement()
                .asString()
                .contains("revision=\"abc123\"")
                .contains("version=\"0.1.0-SNAPSHOT\"");
    }

    @Test
    void countsAPolicyAsInvalidUntilItIsAcceptedAgain() {
        SystemEvent rejected = Fixtures.example("system-policy-rejected", SystemEvent.class, node -> {});
        fleet.publish("segmentation.system.policy-service", rejected); // of publish 6; web-db was stored from 7
        SystemEvent other = Fixtures.example(
                "system-policy-rejected",
                SystemEvent.class,
                node -> ((ObjectNode) node.get("metadata"))
                        .put("subject", "segmentation.policies.broken")
                        .put("sequence", 11));
        fleet.publish("segmentation.system.policy-service", other);
        awaitValue("segmentation_policies{state=\"invalid\",}", 1);
        fleet.publish(
                "segmentation.policy_store.broken", Fixtures.example("stored-policy", StoredPolicy.class, node -> {
                    node.put("policy_id", "broken").put("source_sequence", 12);
                    ((ObjectNode) node.get("document")).put("id", "broken").putArray("rules");
                }));
        awaitValue("segmentation_policies{state=\"invalid\",}", 0);
    }

    @Test
    void measuresHowLongAPolicyTakesFromTheStoreToAHost() {
        fleet.metrics("swift", 1, node -> {});
        awaitValue("segmentation_node_policy_revision{host=\"swift\",}", 42);
        Instant stored = Instant.now();
        fleet.publish(
                "segmentation.policy_updates.swift",
                Fixtures.example(
                        "policy-update-created",
                        PolicyUpdate.class,
                        node -> node.put("host_id", "swift")
                                .put("policy_id", "quick")
                                .put("revision", 43)
                                .put("timestamp", stored.plusMillis(40).toString())));
        fleet.publish("segmentation.policy_store.quick", Fixtures.example("stored-policy", StoredPolicy.class, node -> {
            node.put("policy_id", "quick").put("stored_at", stored.toString());
            ((ObjectNode) node.get("document")).put("id", "quick").putArray("rules");
        }));
        awaitValue("segmentation_policy_propagation_seconds_count", 1);
        awaitValue("segmentation_policy_propagation_seconds_bucket{le=\"0.025\",}", 0);
        awaitValue("segmentation_policy_propagation_seconds_bucket{le=\"0.05\",}", 1);
        awaitValue("segmentation_policy_propagation_seconds_bucket{le=\"30.0\",}", 1);
        awaitValue("segmentation_node_policy_revision{host=\"swift\",}", 43);
    }

    @Test
    void learnsWhatPolicyServiceWorksOutWhenItComesAndKeepsItWhenItGoes() throws Exception {
        String desired = "segmentation_desired_policy_revision";
        String ofHost = "segmentation_node_desired_policy_revision{host=\"host-b\",}";
        assertThat(Scrape.of(service).series(desired)).isEmpty();
        fleet.publish(
                "segmentation.policy_store.canaried",
                Fixtures.example("stored-policy-staged", StoredPolicy.class, node -> {
                    node.put("policy_id", "canaried");
                    ((ObjectNode) node.get("document")).put("id", "canaried").putArray("rules");
                }));
        List<Dispatcher> policyService = List.of(
                answer(PolicyApi.LIST, Examples.read("api-policy-list-reply")),
                answer(PolicyApi.HOSTS, Examples.read("api-policy-hosts-reply")),
                answer(
                        PolicyApi.ROLLOUTS,
                        example(
                                "api-policy-rollouts-reply",
                                node -> ((ObjectNode) node.get("rollouts").get(0)).put("policy_id", "canaried"))),
                answer(PolicyApi.GET, example("stored-policy", node -> {
                    node.put("policy_id", "canaried");
                    ((ObjectNode) node.get("document")).put("id", "canaried").putArray("rules");
                })));
        awaitValue(desired, 42);
        awaitValue(ofHost, 42);
        awaitValue("segmentation_rollout_state{policy=\"canaried\",version=\"2\",state=\"running\",}", 1);
        awaitValue("segmentation_rollout_canary_hosts{policy=\"canaried\",version=\"2\",}", 1);
        awaitValue("segmentation_rollout_acknowledged_hosts{policy=\"canaried\",version=\"2\",}", 1);
        awaitValue(
                "segmentation_rollout_due_timestamp_seconds{policy=\"canaried\",version=\"2\",}",
                Instant.parse("2026-03-02T09:16:40.002113Z").toEpochMilli() / 1e3 + 113e-6);
        awaitValue(inForce("canaried", 1, false), 1);
        awaitValue(inForce("canaried", 2, true), 1);

        policyService.forEach(verb -> fleet.bus().connection().closeDispatcher(verb));
        AtomicInteger nonsense = new AtomicInteger(); // and of the other verbs nobody answers
        answer(PolicyApi.LIST, () -> {
            nonsense.incrementAndGet();
            return "{".getBytes(StandardCharsets.UTF_8);
        });
        await().atMost(PATIENCE).until(() -> nonsense.get() >= 2);
        assertThat(value(desired)).hasValue(42);
        assertThat(value(ofHost)).hasValue(42);
    }

    private static String inForce(String policy, long version, boolean staged) {
        return "segmentation_policy_info{policy=\"%s\",version=\"%d\",type=\"network\",mode=\"enforce\",staged=\"%s\",}"
                .formatted(policy, version, staged);
    }

    private static byte[] example(String name, Consumer<ObjectNode> change) throws IOException {
        ObjectNode node = (ObjectNode) Wire.mapper().readTree(Examples.read(name));
        change.accept(node);
        return Wire.write(node);
    }

    /** Answers a verb as policy-service would. */
    private static Dispatcher answer(String verb, byte[] reply) {
        return answer(verb, () -> reply);
    }

    private static Dispatcher answer(String verb, Supplier<byte[]> reply) {
        return fleet.bus()
                .connection()
                .createDispatcher(request -> {
                    if (request.getReplyTo() != null) {
                        fleet.bus().connection().publish(request.getReplyTo(), reply.get());
                    }
                })
                .subscribe(Subjects.api(PolicyApi.SERVICE, verb));
    }

    @Test
    void givesTooManyRulesNoSeriesOfTheirOwn() {
        fleet.metrics("crowded", 10, node -> node.putArray("rule_hits"));
        awaitValue("segmentation_table_bytes{host=\"crowded\",}", 704);
        fleet.metrics("crowded", 20, node -> {
            ArrayNode rows = node.putArray("rule_hits");
            for (int i = 0; i < 50; i++) {
                rows.addObject()
                        .put("policy_id", "crowd")
                        .put("policy_version", 1)
                        .put("rule_id", "r" + i)
                        .put("packets", 1)
                        .put("bytes", 60);
            }
        });
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Scrape.of(service)
                                .value("segmentation_rule_hits_total{policy=\"\",rule=\"other\",verdict=\"unknown\",}")
                                .orElse(0))
                        .isGreaterThanOrEqualTo(40));
        assertThat(Scrape.of(service).series("segmentation_rule_hits_total"))
                .filteredOn(line -> !line.contains("rule=\"other\""))
                .hasSizeLessThanOrEqualTo(MAX_RULES);
    }

    @Test
    void answersInTheFormatThatIsAskedFor() {
        for (String accept : List.of("*/*", Scrape.OPENMETRICS)) {
            Scrape open = Scrape.of(service, accept);
            assertThat(open.status()).as(accept).isEqualTo(200);
            assertThat(open.contentType()).as(accept).startsWith("application/openmetrics-text");
            assertThat(open.body())
                    .as(accept)
                    .contains("# TYPE segmentation_packets counter")
                    .contains("segmentation_packets_total{host=\"host-b\"")
                    .endsWith("# EOF\n");
        }
        for (String accept : List.of(Scrape.TEXT, Scrape.PROMETHEUS_2, Scrape.PROMETHEUS_2_53, Scrape.PROMETHEUS_3)) {
            Scrape text = Scrape.of(service, accept);
            assertThat(text.status()).as(accept).isEqualTo(200);
            assertThat(text.contentType()).as(accept).startsWith("text/plain");
            assertThat(text.body())
                    .as(accept)
                    .contains("# TYPE segmentation_packets_total counter")
                    .contains("# HELP segmentation_packets_total Packets by the hook");
        }
    }

    @Test
    void refusesOpenMetricsWithoutACharset() {
        Scrape refused = Scrape.of(service, Scrape.OPENMETRICS_WITHOUT_CHARSET);
        assertThat(refused.status())
                .as("no scraper asks so; docs/metrics.md says it")
                .isEqualTo(406);
    }

    @Test
    void countsHowLongItTakesToAnswer() {
        fleet.bus().request("segmentation.api.telemetry.summary", new byte[0]);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Scrape.of(service).body().lines())
                        .anyMatch(line -> line.matches(
                                "segmentation_api_request_duration_seconds_count\\{.*endpoint=\"summary\".*} [1-9].*"))
                        .anyMatch(line -> line.matches(
                                "segmentation_api_request_duration_seconds_bucket\\{.*le=\"0.005\".*} .*")));
    }

    @Test
    void saysOfEveryFamilyWhatItMeansAndOfWhichTypeItIs() {
        String ours = Scrape.of(service).ours();
        Map<String, String> types = Map.ofEntries(
                Map.entry("segmentation_packets_total", "counter"),
                Map.entry("segmentation_bytes_total", "counter"),
                Map.entry("segmentation_connections_total", "counter"),
                Map.entry("segmentation_rule_hits_total", "counter"),
                Map.entry("segmentation_rule_last_hit_timestamp_seconds", "gauge"),
                Map.entry("segmentation_drops_total", "counter"),
                Map.entry("segmentation_policy_info", "gauge"),
                Map.entry("segmentation_policies", "gauge"),
                Map.entry("segmentation_node_policy_revision", "gauge"),
                Map.entry("segmentation_desired_policy_revision", "gauge"),
                Map.entry("segmentation_node_last_report_timestamp_seconds", "gauge"),
                Map.entry("segmentation_programs", "gauge"),
                Map.entry("segmentation_table_bytes", "gauge"),
                Map.entry("segmentation_table_capacity_bytes", "gauge"),
                Map.entry("segmentation_map_entries", "gauge"),
                Map.entry("segmentation_map_capacity", "gauge"),
                Map.entry("segmentation_ringbuf_lost_events_total", "counter"),
                Map.entry("segmentation_policy_propagation_seconds", "histogram"),
                Map.entry("segmentation_consumer_pending_messages", "gauge"),
                Map.entry("segmentation_nats_connected", "gauge"),
                Map.entry("segmentation_decisions_total", "counter"),
                Map.entry("segmentation_partitions", "gauge"),
                Map.entry("segmentation_refused_messages_total", "counter"),
                Map.entry("segmentation_node_desired_policy_revision", "gauge"),
                Map.entry("segmentation_node_fail_open", "gauge"),
                Map.entry("segmentation_rollout_state", "gauge"),
                Map.entry("segmentation_rollout_canary_hosts", "gauge"),
                Map.entry("segmentation_rollout_acknowledged_hosts", "gauge"),
                Map.entry("segmentation_rollout_due_timestamp_seconds", "gauge"),
                Map.entry("segmentation_policy_audit_since_timestamp_seconds", "gauge"),
                Map.entry("segmentation_rule_expires_timestamp_seconds", "gauge"),
                Map.entry("segmentation_api_request_duration_seconds", "histogram"),
                Map.entry("segmentation_build_info", "gauge"));
        types.forEach((family, type) -> assertThat(ours)
                .contains("# TYPE %s %s\n".formatted(family, type))
                .containsPattern("# HELP " + family + " [A-Z1].+"));
        assertThat(ours.lines().filter(line -> line.startsWith("# TYPE")).count())
                .isEqualTo(
                        ours.lines().filter(line -> line.startsWith("# HELP")).count());
    }

    @Test
    void isDocumentedFamilyByFamilyWithItsTypeAndLabels() throws IOException {
        MetricsPage.assertHas(Scrape.of(service));
    }

    @Test
    void namesNoAddressProcessOrPathInALabel() {
        assertThat(Scrape.of(service)
                        .ours()
                        .lines()
                        .filter(line -> !line.startsWith("#"))
                        .map(line -> line.replaceFirst(" \\S+$", "")))
                .noneMatch(line -> line.contains("198.18.") || line.contains("fd77:") || line.contains("pid"))
                .noneMatch(line -> line.contains("=\"/"));
    }

    @Test
    void passesPromtool() throws IOException, InterruptedException {
        for (String accept : List.of(Scrape.TEXT, Scrape.PROMETHEUS_2)) {
            Promtool.checkMetrics(Scrape.of(service, accept), directory);
        }
    }
}
