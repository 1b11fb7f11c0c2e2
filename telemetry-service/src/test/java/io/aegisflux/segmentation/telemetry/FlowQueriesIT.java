package io.aegisflux.segmentation.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.Examples;
import io.aegisflux.segmentation.contracts.FlowRow;
import io.aegisflux.segmentation.contracts.MapEdge;
import io.aegisflux.segmentation.contracts.MapNode;
import io.aegisflux.segmentation.contracts.RegisteredWorkload;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.TelemetryApi;
import io.aegisflux.segmentation.contracts.TelemetryHosts;
import io.aegisflux.segmentation.contracts.TelemetryMap;
import io.aegisflux.segmentation.contracts.TelemetryRules;
import io.aegisflux.segmentation.contracts.Verdict;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.contracts.WorkloadId;
import io.aegisflux.segmentation.harness.NatsServer;
import io.aegisflux.segmentation.harness.ServiceProcess;
import io.aegisflux.segmentation.nats.StreamCatalog;
import io.aegisflux.segmentation.telemetry.domain.Fixtures;
import io.aegisflux.segmentation.telemetry.domain.MapView;
import io.nats.client.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Questions about flows, to two real instances over a real broker that hold a small story: web and api on host-a, db on
 * host-b; one of them is killed, in the end both.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FlowQueriesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String DB = "10.7.2.20";
    private static final String WEB = "10.7.1.10";
    private static final String API = "10.7.1.11";
    private static final Instant BEGIN = Instant.now().minusSeconds(240);

    @TempDir
    static Path directory;

    private static NatsServer nats;
    private static FleetDouble fleet;
    private static ServiceProcess first;
    private static ServiceProcess second;
    private static final MapView follower = new MapView();

    @BeforeAll
    static void start() {
        nats = NatsServer.start();
        fleet = new FleetDouble(nats.url());
        Stream.of(Streams.FLOWS, Streams.WORKLOADS).forEach(stream -> StreamCatalog.ensure(fleet.bus(), stream));
        fleet.bus()
                .connection()
                .createDispatcher(message -> follower.take(Wire.read(message.getData(), TelemetryMap.class)))
                .subscribe(Subjects.TELEMETRY_MAP);
        host("host-a", "10.7.1.1");
        host("host-b", DB);
        workload("web", WEB, "web");
        workload("api", API, "api");
        before();
        first = service("first");
        second = service("second");
        first.awaitReady(PATIENCE);
        second.awaitReady(PATIENCE);
        await().atMost(PATIENCE).until(() -> follower.whole().isPresent());
        after();
    }

    /** Half of the story is told before the services start, half while they listen. */
    private static void before() {
        recorded("host-a", API, DB, "egress", "allowed", 3, 10);
        recorded("host-b", API, DB, "ingress", "allowed", 3, 10);
        recorded("host-b", WEB, DB, "ingress", "dropped", 1, 300); // events tell of it
        event(WEB, DB, "dropped", 20, "e-1");
    }

    private static void after() {
        event(WEB, DB, "dropped", 120, "e-2");
        event(API, DB, "audited", 130, "e-3");
        recorded("host-b", API, DB, "ingress", "allowed", 2, 140);
        recorded("host-b", DB, "192.0.2.7", "egress", "allowed", 1, 150);
    }

    @AfterAll
    static void stop() {
        second.close();
        first.close();
        fleet.close();
        nats.close();
    }

    private static ServiceProcess service(String name) {
        return ServiceProcess.start(
                "telemetry-service", Map.of("NATS_URL", nats.url()), directory.resolve(name + ".log"));
    }

    private static void host(String name, String address) {
        fleet.publish(Subjects.HOSTS + name, Fixtures.example("capability-report", CapabilityReport.class, node -> {
            node.put("host_id", name).putArray("addresses").add(address);
            node.putArray("workloads");
            node.putObject("labels").put("app", name);
        }));
    }

    private static void workload(String name, String address, String app) {
        fleet.bus()
                .publishCore(
                        Subjects.workload(new WorkloadId(name)),
                        Wire.write(new RegisteredWorkload(
                                new WorkloadId(name), Map.of("app", app), List.of(address), null)));
    }

    private static void event(String source, String dest, String verdict, int second, String id) {
        ObjectNode node = (ObjectNode) Wire.read(Examples.read("event-packet-dropped"), JsonNode.class);
        node.put("id", id)
                .put("source_ip", source)
                .put("dest_ip", dest)
                .put("verdict", verdict)
                .put("timestamp", BEGIN.plusSeconds(second).toString());
        fleet.publish("segmentation.events.host-b", Wire.write(node));
    }

    private static void recorded(
            String host, String source, String dest, String direction, String verdict, int count, int second) {
        ObjectNode node = (ObjectNode) Wire.read(Examples.read("flow-records"), JsonNode.class);
        ObjectNode flow = (ObjectNode) node.get("flows").get(0);
        node.put("host_id", host)
                .put("from", BEGIN.plusSeconds(second).minusSeconds(5).toString())
                .put("to", BEGIN.plusSeconds(second).plusSeconds(5).toString());
        flow.put("source_ip", source)
                .put("dest_ip", dest)
                .put("direction", direction)
                .put("verdict", verdict)
                .put("count", count)
                .put("last", BEGIN.plusSeconds(second).toString());
        node.putArray("flows").add(flow);
        fleet.publish(Subjects.FLOWS + host, Wire.write(node));
    }

    private static Message ask(String verb, Object request) {
        return fleet.bus().request(Subjects.api(TelemetryApi.SERVICE, verb), Wire.write(request));
    }

    private static TelemetryApi.FlowsReply flows(String filter, Integer limit) {
        return Wire.read(
                ask(TelemetryApi.FLOWS, new TelemetryApi.FlowsRequest(BEGIN, null, filter, limit))
                        .getData(),
                TelemetryApi.FlowsReply.class);
    }

    private static TelemetryApi.MapReply map(Instant since, String filter, String groupBy) {
        return Wire.read(
                ask(TelemetryApi.MAP, new TelemetryApi.MapRequest(since, null, filter, groupBy))
                        .getData(),
                TelemetryApi.MapReply.class);
    }

    /** source → dest allowed/dropped/audited. */
    private static List<String> lines(List<MapEdge> edges) {
        return edges.stream()
                .map(edge -> "%s → %s %d/%d/%d"
                        .formatted(edge.source(), edge.dest(), edge.allowed(), edge.dropped(), edge.audited()))
                .toList();
    }

    private static final List<String> STORY = List.of(
            "host:host-b → ip:192.0.2.7 1/0/0", "workload:api → host:host-b 5/0/1", "workload:web → host:host-b 0/2/0");

    @Test
    @Order(1)
    void theLiveMapHasWhatWasBeforeTheStartAndWhatCameSinceOnce() {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(lines(follower.whole().orElseThrow().edges()))
                                .isEqualTo(STORY));
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(lines(map(null, null, null).edges())).isEqualTo(STORY));
        TelemetryApi.MapReply reply = map(null, null, null);
        assertThat(reply.term()).isEqualTo(follower.whole().orElseThrow().term());
        assertThat(reply.nodes())
                .extracting(MapNode::id)
                .containsExactly("host:host-b", "ip:192.0.2.7", "workload:api", "workload:web");
        assertThat(reply.edges().getLast().lastDropped().ruleId()).isEqualTo("deny-others");
    }

    @Test
    @Order(2)
    void theMapOfAWindowIsTheSameAndNarrowsByTimeAndFilter() {
        assertThat(lines(map(BEGIN, null, null).edges())).isEqualTo(STORY);
        assertThat(lines(map(BEGIN.plusSeconds(100), null, null).edges()))
                .containsExactly(
                        "host:host-b → ip:192.0.2.7 1/0/0",
                        "workload:api → host:host-b 2/0/1",
                        "workload:web → host:host-b 0/1/0");
        TelemetryApi.MapReply narrow = map(BEGIN, "from:app=web   to.port:5432", null);
        assertThat(lines(narrow.edges())).containsExactly("workload:web → host:host-b 0/2/0");
        assertThat(narrow.filter()).isEqualTo("from:app=web to.port:5432");
        assertThat(narrow.complete()).isTrue();
        assertThat(lines(map(null, null, "app").edges()))
                .containsExactly(
                        "group:app=api → group:app=host-b 5/0/1",
                        "group:app=host-b → group:no app 1/0/0",
                        "group:app=web → group:app=host-b 0/2/0");
    }

    @Test
    @Order(3)
    void answersWithTheNewestRowsThatAFilterLetsThroughAndSaysHowManyItDoesNotShow() {
        TelemetryApi.FlowsReply reply = flows("verdict:dropped,audited", 2);
        assertThat(reply.flows()).extracting(FlowRow::eventId).containsExactly("e-3", "e-2");
        assertThat(reply.matched()).isBetween(2L, 3L);
        assertThat(reply.omitted()).isEqualTo(reply.matched() - 2);
        TelemetryApi.FlowsReply all = flows(null, null);
        assertThat(all.complete()).isTrue();
        assertThat(all.matched())
                .as("each host's word of a connection is a row")
                .isEqualTo(7);
        assertThat(all.flows())
                .isSortedAccordingTo(
                        java.util.Comparator.comparing(FlowRow::last).reversed());
        assertThat(all.flows().getFirst().verdict()).isEqualTo(Verdict.ALLOWED);
        TelemetryApi.FlowsReply web = flows("from:web", null);
        assertThat(web.matched()).isEqualTo(2);
        assertThat(web.hidden()).isEqualTo(5);
        assertThat(web.flows()).allSatisfy(row -> {
            assertThat(row.source().workload()).isEqualTo("web");
            assertThat(row.source().labels()).containsEntry("app", "web");
            assertThat(row.dest().workload()).isEqualTo("host-b");
        });
        assertThat(Wire.read(
                                fleet.bus()
                                        .request(Subjects.api(TelemetryApi.SERVICE, TelemetryApi.FLOWS), new byte[0])
                                        .getData(),
                                TelemetryApi.FlowsReply.class)
                        .matched())
                .isPositive();
    }

    @Test
    @Order(4)
    void ranksByPortByRuleAndBySource() {
        assertThat(top("port")).containsExactly("tcp/5432 6/2/1");
        assertThat(top("source")).containsExactly("api 5/0/1", "web 0/2/0", "host-b 1/0/0");
        assertThat(top("rule")).containsExactly("web-db@1/allow-api 6/0/0", "web-db@1/deny-others 0/2/1");
    }

    private static List<String> top(String by) {
        return Wire.read(
                        ask(TelemetryApi.TOP, new TelemetryApi.TopRequest(by, BEGIN, null, null, null))
                                .getData(),
                        TelemetryApi.TopReply.class)
                .rows()
                .stream()
                .map(row -> "%s %d/%d/%d".formatted(row.key(), row.allowed(), row.dropped(), row.audited()))
                .toList();
    }

    @Test
    @Order(5)
    void hintsAtValuesOfEveryKey() {
        assertThat(hints("workload", "")).containsExactly("api", "host-a", "host-b", "web");
        assertThat(hints("label", "app=w")).containsExactly("app=web");
        assertThat(hints("any", "a")).containsExactly("api", "app=api", "app=host-a", "app=host-b", "app=web");
        assertThat(hints("ip", "")).containsExactly("192.0.2.7");
        assertThat(hints("port", "5")).containsExactly("5432");
        assertThat(hints("verdict", "d")).containsExactly("dropped");
        assertThat(hints("host", "host-")).contains("host-a", "host-b");
    }

    private static List<String> hints(String key, String prefix) {
        return Wire.read(
                        ask(TelemetryApi.HINTS, new TelemetryApi.HintsRequest(key, prefix, null))
                                .getData(),
                        TelemetryApi.HintsReply.class)
                .values();
    }

    @Test
    @Order(6)
    void tellsHowHostsAndRulesStand() {
        fleet.publish("segmentation.metrics.host-b", Examples.read("metrics"));
        await().atMost(PATIENCE).untilAsserted(() -> {
            TelemetryHosts hosts = Wire.read(
                    fleet.bus()
                            .request(Subjects.api(TelemetryApi.SERVICE, TelemetryApi.HOSTS), new byte[0])
                            .getData(),
                    TelemetryHosts.class);
            TelemetryRules rules = Wire.read(
                    fleet.bus()
                            .request(Subjects.api(TelemetryApi.SERVICE, TelemetryApi.RULES), new byte[0])
                            .getData(),
                    TelemetryRules.class);
            assertThat(hosts.hosts())
                    .filteredOn(row -> row.hostId().value().equals("host-b"))
                    .singleElement()
                    .satisfies(row -> assertThat(row.packetsDropped()).isPositive());
            assertThat(rules.rules())
                    .extracting(TelemetryRules.RuleHits::ruleId)
                    .contains("allow-api", "deny-others");
        });
    }

    @ParameterizedTest
    @Order(7)
    @CsvSource(delimiter = '|', textBlock = """
                    flows | {"filter": "verdict:denied"}                    | filter, behind 8 characters: "denied" is none of them | one of allowed, dropped, audited
                    map   | {"filter": "db"}                                | filter, behind 0 characters                            | write key:value
                    top   | {"by": "port", "filter": "pod:x"}               | no key is called "pod"                                 | the keys are host
                    flows | {"limit": 0}                                    | limit is 1 to 1000, not 0                              | send the request as JSON
                    flows | {"since": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"} | until is before since              | send the request as JSON
                    flows | {"since": "2999-01-01T00:00:00Z"}               | is after until                                         | until is now
                    top   | {"by": "colour"}                                | by is one of dest, policy, port, rule, source          | send the request as JSON
                    hints | {"key": "pod"}                                  | key is one of                                          | send the request as JSON
                    map   | nonsense                                        | not a MapRequest                                       | send the request as JSON
                    """)
    void refusesWhatItCannotAnswerWithAReasonAndARemedy(String verb, String body, String message, String hint) {
        Message answer = fleet.bus()
                .request(
                        Subjects.api(TelemetryApi.SERVICE, verb),
                        body.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        ApiError error = Wire.read(answer.getData(), ApiError.class);
        assertThat(error.code()).isEqualTo(ApiError.INVALID_REQUEST);
        assertThat(error.message()).contains(message);
        assertThat(error.hint()).contains(hint);
    }

    @Test
    @Order(8)
    void losesAndDoublesNothingWhenTheInstanceThatPublishesIsKilled() {
        String term = follower.whole().orElseThrow().term();
        (first.get("/q/health/ready").contains("\"publishing\": true") ? first : second).kill();
        event(WEB, DB, "dropped", 160, "e-4");
        await().atMost(PATIENCE).untilAsserted(() -> {
            TelemetryMap whole = follower.whole().orElseThrow();
            assertThat(whole.term()).isNotEqualTo(term);
            assertThat(lines(whole.edges()).getLast()).isEqualTo("workload:web → host:host-b 0/3/0");
        });
        assertThat(flows("from:web", null).matched()).isEqualTo(3);
    }

    @Test
    @Order(9)
    void knowsTheMapAgainAfterBothHaveStopped() {
        Consumer<ServiceProcess> end = ServiceProcess::close;
        Stream.of(first, second).filter(ServiceProcess::isAlive).forEach(end);
        event(WEB, DB, "dropped", 170, "e-5");
        first = service("third");
        first.awaitReady(PATIENCE);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                lines(follower.whole().orElseThrow().edges()).getLast())
                        .isEqualTo("workload:web → host:host-b 0/4/0"));
    }
}
