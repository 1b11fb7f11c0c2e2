package io.aegisflux.segmentation.telemetry.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.FlowEnd;
import io.aegisflux.segmentation.contracts.FlowRow;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MapEdge;
import io.aegisflux.segmentation.contracts.MapNode;
import io.aegisflux.segmentation.contracts.PartialFlows;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.RegisteredWorkload;
import io.aegisflux.segmentation.contracts.TelemetryMap;
import io.aegisflux.segmentation.contracts.Verdict;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.contracts.WorkloadId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the map shows of rows, and that it stays small. */
class FlowMapTest {
    private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");

    private final Names names = new Names();
    private final FlowMap map = new FlowMap(names);

    private static FlowRow row(
            String source, String dest, int port, Verdict verdict, Direction direction, String event, Instant at) {
        return new FlowRow(
                new HostId("host-b"),
                event,
                direction,
                FlowEnd.of(source),
                FlowEnd.of(dest),
                null,
                port,
                "tcp",
                verdict,
                verdict == Verdict.ALLOWED ? Reason.RULE_ALLOW : Reason.RULE_DENY,
                new PolicyId("web-db"),
                1L,
                "rule-" + port,
                1,
                at,
                at);
    }

    private static FlowRow drop(String source, String dest, int port, Instant at) {
        return row(source, dest, port, Verdict.DROPPED, Direction.INGRESS, "e", at);
    }

    private static FlowRow recorded(String source, String dest, Direction direction) {
        return row(source, dest, 443, Verdict.ALLOWED, direction, null, NOON);
    }

    private void register(String name, Map<String, String> labels, String... addresses) {
        names.registered(new RegisteredWorkload(new WorkloadId(name), labels, List.of(addresses), null));
    }

    private MapEdge onlyEdge() {
        assertThat(map.edges()).hasSize(1);
        return map.edges().getFirst();
    }

    @Test
    void sumsUpByWhoAndNamesTheLastDeciderOfEachVerdict() {
        register("db", Map.of("app", "db"), "10.2.0.0/16");
        map.add(drop("10.1.0.1", "10.2.0.1", 80, NOON));
        map.add(drop("10.1.0.1", "10.2.0.2", 81, NOON.plusSeconds(1)));
        map.add(row("10.1.0.1", "10.2.0.2", 81, Verdict.AUDITED, Direction.INGRESS, "e", NOON));
        MapEdge edge = onlyEdge();
        assertThat(edge.source()).isEqualTo("ip:10.1.0.1");
        assertThat(edge.dest()).isEqualTo("workload:db");
        assertThat(List.of(edge.allowed(), edge.dropped(), edge.audited())).containsExactly(0L, 2L, 1L);
        assertThat(edge.lastDropped().ruleId()).isEqualTo("rule-81");
        assertThat(edge.lastAllowed()).isNull();
        assertThat(edge.ports())
                .containsExactly(new MapEdge.Port("tcp", 81, 0, 1, 1), new MapEdge.Port("tcp", 80, 0, 1, 0));
        assertThat(map.nodes())
                .containsExactly(
                        new MapNode("ip:10.1.0.1", MapNode.Kind.ADDRESS, "10.1.0.1", Map.of(), 1),
                        new MapNode("workload:db", MapNode.Kind.WORKLOAD, "db", Map.of("app", "db"), 1));
    }

    @Test
    void countsAConnectionBetweenTwoHostsOnceAndOneToTheOutsideToo() {
        names.host(Fixtures.example(
                "capability-report",
                io.aegisflux.segmentation.contracts.CapabilityReport.class,
                node -> node.putArray("addresses").add("10.9.0.1")));
        map.add(recorded("10.1.0.1", "10.9.0.1", Direction.EGRESS));
        assertThat(map.edges()).as("the host that it goes to tells of it").isEmpty();
        map.add(recorded("10.1.0.1", "10.9.0.1", Direction.INGRESS));
        map.add(recorded("10.9.0.1", "192.0.2.1", Direction.EGRESS));
        assertThat(map.edges()).extracting(MapEdge::allowed).containsExactly(1L, 1L);
    }

    @Test
    void doesNotCountALoggedPacketForItsConnectionIsRecorded() {
        map.add(row("10.1.0.1", "10.2.0.1", 80, Verdict.ALLOWED, Direction.INGRESS, "logged", NOON));
        assertThat(map.edges()).isEmpty();
    }

    @Test
    void takesDropsOfRecordsOnlyForTimesWithoutEvents() {
        FlowRow dropped = row("10.1.0.1", "10.2.0.1", 80, Verdict.DROPPED, Direction.INGRESS, null, NOON);
        assertThat(Counting.tells(dropped, NOON.minusSeconds(1))).isFalse();
        assertThat(Counting.tells(dropped, NOON.plusSeconds(1))).isTrue();
        assertThat(Counting.tells(dropped, Instant.MAX)).isTrue();
        assertThat(Counting.tells(recorded("10.1.0.1", "10.2.0.1", Direction.INGRESS), Instant.MIN))
                .isTrue();
    }

    @Test
    void whoFollowsTheMessagesKnowsTheMapAfterEachOfThem() {
        Random random = new Random(1);
        MapView view = new MapView();
        Instant now = NOON;
        long sequence = 1;
        for (int second = 0; second < 500; second++) {
            for (int i = random.nextInt(4); i > 0; i--) {
                map.add(drop(
                        "10.0.%d.1".formatted(random.nextInt(40)), "10.1.%d.1".formatted(random.nextInt(40)), 80, now));
            }
            List<TelemetryMap> messages = map.changes("term", sequence, second == 0, now, NOON);
            sequence += messages.size();
            messages.forEach(view::take);
            now = now.plusSeconds(random.nextInt(3));
            if (second > 0 && view.whole().isPresent()) {
                assertThat(view.whole().get().edges()).isEqualTo(map.edges());
                assertThat(view.whole().get().nodes()).isEqualTo(map.nodes());
            }
        }
        assertThat(map.changes("term", sequence, false, now.plus(FlowMap.GONE).plusSeconds(1), NOON)
                        .getFirst()
                        .goneEdges())
                .isNotEmpty();
        assertThat(map.nodes()).isEmpty();
    }

    @Test
    void aReaderThatMissesAMessageWaitsForTheNextFullOne() {
        MapView view = new MapView();
        map.add(drop("10.1.0.1", "10.2.0.1", 80, NOON));
        map.changes("term", 1, true, NOON, NOON).forEach(view::take);
        map.add(drop("10.1.0.1", "10.2.0.2", 80, NOON));
        map.changes("term", 2, false, NOON, NOON); // missed
        map.add(drop("10.1.0.1", "10.2.0.3", 80, NOON));
        map.changes("term", 3, false, NOON, NOON).forEach(view::take);
        assertThat(view.whole().orElseThrow().edges()).hasSize(1);
        map.changes("term", 4, true, NOON, NOON).forEach(view::take);
        assertThat(view.whole().orElseThrow().edges()).hasSize(3);
    }

    @Test
    void staysSmallAndCountsOnWhenAMillionDistinctFlowsCome() {
        long dropped = 0;
        for (int i = 0; i < 1_000_000; i++) {
            map.add(drop("10.%d.%d.%d".formatted(i >> 16, i >> 8 & 255, i & 255), "10.200.0.1", 1 + i % 60_000, NOON));
        }
        assertThat(map.nodes()).hasSizeLessThanOrEqualTo(FlowMap.MAX_NODES + 1);
        for (MapEdge edge : map.edges()) {
            dropped += edge.dropped();
            assertThat(edge.ports()).hasSizeLessThanOrEqualTo(MapEdge.MOST_PORTS);
        }
        assertThat(dropped + map.omitted()).isEqualTo(1_000_000);
        assertThat(map.edges()).anyMatch(edge -> edge.source().equals("other:other") && edge.dropped() > 900_000);
        for (TelemetryMap message : map.changes("term", 1, true, NOON, NOON)) {
            assertThat(Wire.write(message).length).isLessThan(512 * 1024);
        }
    }

    @Test
    void takesAPartialAsItsRowsAndCountsThoseThatHaveNoPorts() {
        PartialWindow window = new PartialWindow(PartialFlows.EVENTS, 1, NOON, new EventNumbers(Map.of()));
        for (int port = 1; port <= PartialWindow.MAX_ROWS + 100; port++) {
            int there = port;
            window.add(Fixtures.event(node -> node.put("dest_port", there)));
        }
        map.add(window.partial(1));
        MapEdge edge = onlyEdge();
        assertThat(edge.dropped()).isEqualTo(PartialWindow.MAX_ROWS + 100);
        assertThat(edge.ports()).hasSize(MapEdge.MOST_PORTS).noneMatch(port -> port.port() == 0);
        assertThat(map.omitted()).isZero();
    }

    @Test
    void countsWhatAPartialHadNoPlaceForAsOmitted() {
        map.add(new PartialFlows(PartialFlows.EVENTS, 1, 1, NOON, List.of(), List.of(), 7, 5, 0, 7, 0, 0, Map.of()));
        assertThat(map.omitted()).isEqualTo(5);
    }

    @Test
    void groupsByALabelWithoutLosingACount() {
        register("web-1", Map.of("app", "web"), "10.1.0.1");
        register("web-2", Map.of("app", "web"), "10.1.0.2");
        register("db", Map.of("app", "db"), "10.2.0.1");
        map.add(drop("10.1.0.1", "10.2.0.1", 80, NOON));
        map.add(drop("10.1.0.2", "10.2.0.1", 80, NOON.plusSeconds(9)));
        map.add(drop("10.3.0.1", "10.2.0.1", 22, NOON));
        Grouping grouped = Grouping.of("app", map.nodes(), map.edges());
        assertThat(grouped.nodes())
                .extracting(MapNode::id, MapNode::members)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("group:app=db", 1L),
                        org.assertj.core.groups.Tuple.tuple("group:app=web", 2L),
                        org.assertj.core.groups.Tuple.tuple("group:no app", 1L));
        assertThat(grouped.edges())
                .extracting(MapEdge::source, MapEdge::dropped)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("group:app=web", 2L),
                        org.assertj.core.groups.Tuple.tuple("group:no app", 1L));
        assertThat(grouped.edges().getFirst().last()).isEqualTo(NOON.plusSeconds(9));
    }

    @Test
    void theNarrowestNetworkNamesAnAddressAndLabelsAreOfAll() {
        register("net", Map.of("site", "a", "app", "none"), "10.0.0.0/8");
        register("db", Map.of("app", "db"), "10.2.0.1");
        FlowEnd end = names.of("10.2.0.1").end();
        assertThat(end.workload()).isEqualTo("db");
        assertThat(end.labels()).isEqualTo(Map.of("site", "a", "app", "db"));
        assertThat(names.of("10.2.0.2").end().workload()).isEqualTo("net");
        names.unregistered("db");
        assertThat(names.of("10.2.0.1").end().workload()).isEqualTo("net");
        names.unregistered("net");
        assertThat(names.of("10.2.0.1").kind()).isEqualTo(MapNode.Kind.ADDRESS);
    }

    @Test
    void whatLivesOnAHostNamesItsAddressBeforeTheRegistryDoes() {
        register("registered", Map.of("app", "old"), "10.5.0.1");
        names.host(Fixtures.example(
                "capability-report",
                io.aegisflux.segmentation.contracts.CapabilityReport.class,
                node -> node.putPOJO(
                        "workloads", List.of(new Workload("living", Map.of("app", "new"), List.of("10.5.0.1"))))));
        assertThat(names.of("10.5.0.1").end().workload()).isEqualTo("living");
        assertThat(names.of("10.5.0.1").end().labels()).containsEntry("app", "new");
        names.hostGone("host-b");
        assertThat(names.of("10.5.0.1").end().workload()).isEqualTo("registered");
    }

    @Test
    void findsTheAgeOfAnEdgeByItsLastFlow() {
        map.add(drop("10.1.0.1", "10.2.0.1", 80, NOON));
        map.changes("term", 1, true, NOON.plus(Duration.ofMinutes(10)), NOON);
        map.add(drop("10.1.0.1", "10.2.0.1", 80, NOON.plus(Duration.ofMinutes(10))));
        assertThat(map.changes("term", 2, false, NOON.plus(Duration.ofMinutes(20)), NOON)
                        .getFirst()
                        .goneEdges())
                .isEmpty();
    }
}
