package io.aegisflux.segmentation.telemetry.domain;

import static io.aegisflux.segmentation.telemetry.domain.Fixtures.at;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.event;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.FlowRecords;
import io.aegisflux.segmentation.contracts.FlowRow;
import io.aegisflux.segmentation.contracts.PartialFlows;
import io.aegisflux.segmentation.contracts.Verdict;
import io.aegisflux.segmentation.contracts.Wire;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class PartialWindowTest {
    private static final long THROUGH = 4711;

    private final Map<String, Long> told = new HashMap<>();
    private final EventNumbers numbers = new EventNumbers(told);
    private final PartialWindow window = window();

    private PartialWindow window() {
        return new PartialWindow(PartialFlows.EVENTS, 7, at(4), numbers);
    }

    private PartialFlows partial() {
        return window.partial(THROUGH);
    }

    private static FlowEvent numbered(long number) {
        return event(node -> node.put("number", number));
    }

    @Test
    void sumsUpEqualDecisionsOfOneSecond() {
        window.add(event());
        window.add(event(node -> node.put("count", 6).put("source_port", 1)));
        PartialFlows flows = partial();
        assertThat(flows.from()).isEqualTo(at(4));
        assertThat(flows.through()).isEqualTo(THROUGH);
        assertThat(flows.flows()).singleElement().satisfies(flow -> {
            assertThat(flow.count()).isEqualTo(7);
            assertThat(flow.hostId().value()).isEqualTo("host-b");
            assertThat(flow.source().ip()).isEqualTo("198.18.1.10");
            assertThat(flow.dest().ip()).isEqualTo("198.18.2.20");
            assertThat(flow.destPort()).isEqualTo(5432);
            assertThat(flow.protocol()).isEqualTo("tcp");
            assertThat(flow.verdict()).isEqualTo(Verdict.DROPPED);
            assertThat(flow.policyId().value()).isEqualTo("web-db");
            assertThat(flow.policyVersion()).isEqualTo(1);
            assertThat(flow.ruleId()).isEqualTo("deny-others");
        });
        assertThat(flows.omitted()).isZero();
        assertThat(flows.dropped()).isEqualTo(7);
    }

    @Test
    void keepsApartWhatDiffersInHostAddressPortProtocolVerdictOrRule() {
        List<Consumer<ObjectNode>> changes = List.of(
                node -> {},
                node -> node.put("host_id", "host-c"),
                node -> node.put("source_ip", "198.18.1.11"),
                node -> node.remove("source_ip"),
                node -> node.put("dest_ip", "198.18.2.21"),
                node -> node.put("dest_port", 5433),
                node -> node.put("protocol", "udp"),
                node -> node.put("verdict", "audited"),
                node -> node.put("policy_id", "other"),
                node -> node.put("policy_version", 2),
                node -> node.put("rule_id", "deny-more"),
                node -> node.remove(List.of("policy_id", "policy_version", "rule_id")));
        changes.forEach(change -> window.add(event(change)));
        PartialFlows flows = partial();
        assertThat(flows.flows()).hasSize(changes.size());
        assertThat(flows.dropped() + flows.audited()).isEqualTo(changes.size());
    }

    @Test
    void datesRowsByTheDecisionsNotByTheirDelivery() {
        window.add(event(node -> node.put("timestamp", "2026-03-02T09:00:03.700Z")));
        window.add(event(node -> {
            node.put("count", 5).put("timestamp", "2026-03-02T09:00:03.900Z");
            node.putObject("metadata").put("first", "2026-03-02T09:00:02.950Z").put("last", "ignored");
        }));
        assertThat(partial().flows()).singleElement().satisfies(flow -> {
            assertThat(flow.first()).isEqualTo(Instant.parse("2026-03-02T09:00:02.950Z"));
            assertThat(flow.last()).isEqualTo(Instant.parse("2026-03-02T09:00:03.900Z"));
        });
    }

    @Test
    void readsNothingIntoAFirstThatIsNoTime() {
        window.add(event(node -> {
            node.put("count", 5);
            node.putObject("metadata").put("first", "yesterday");
        }));
        assertThat(partial().flows())
                .singleElement()
                .satisfies(flow -> assertThat(flow.first()).isEqualTo(flow.last()));
    }

    @Test
    void tellsTheKindsWithMostDecisionsAndSumsUpTheOthersWithoutTheirPorts() {
        for (int port = 1; port <= 600; port++) {
            int count = port;
            window.add(event(node -> node.put("dest_port", count).put("count", count)));
        }
        PartialFlows flows = partial();
        assertThat(flows.flows()).hasSize(PartialWindow.MAX_ROWS);
        assertThat(flows.flows().getFirst().destPort()).isEqualTo(600);
        assertThat(flows.flows()).allMatch(flow -> flow.count() > 350);
        assertThat(flows.omitted()).isEqualTo(350);
        assertThat(flows.rest()).singleElement().satisfies(rest -> {
            assertThat(rest.count()).isEqualTo(350 * 351 / 2);
            assertThat(rest.destPort()).isZero();
            assertThat(rest.dest().ip()).isEqualTo("198.18.2.20");
        });
        assertThat(flows.omittedEdges()).isZero();
        assertThat(flows.dropped()).isEqualTo(600 * 601 / 2);
    }

    @Test
    void losesNoCountToAScanOfAHundredThousandAddressesAndStaysBelowTheLargestMessage() {
        FlowEvent scan = event();
        for (int i = 0; i < 100_000; i++) {
            String destination = "10.%d.%d.%d".formatted(i >> 16, i >> 8 & 255, i & 255);
            window.add(withDestination(scan, destination));
        }
        PartialFlows flows = partial();
        assertThat(flows.flows().size() + flows.omitted()).isEqualTo(100_000);
        assertThat(flows.rest().size() + flows.omittedEdges()).isEqualTo(flows.omitted());
        assertThat(flows.dropped()).isEqualTo(100_000);
        assertThat(Wire.write(flows).length).isLessThan(1024 * 1024);
    }

    @Test
    void takesOfWhatHostsRecordedWhatWasAllowed() {
        FlowRecords records = Fixtures.example("flow-records", FlowRecords.class, node -> node.put("unrecorded", 5));
        PartialWindow recorded = new PartialWindow(PartialFlows.FLOWS, 7, at(4), numbers);
        recorded.add(records);
        PartialFlows flows = recorded.partial(1);
        assertThat(flows.flows()).isNotEmpty().extracting(FlowRow::verdict).containsOnly(Verdict.ALLOWED);
        assertThat(records.flows())
                .as("there is something else, too")
                .anyMatch(row -> row.verdict() != Verdict.ALLOWED);
        assertThat(flows.lost()).isEqualTo(5);
    }

    @Test
    void staysAtTheLargestNumberWhenAHostTellsNonsense() {
        window.add(event(node -> node.put("count", Long.MAX_VALUE)));
        window.add(event(node -> node.put("count", 2)));
        PartialFlows flows = partial();
        assertThat(flows.dropped()).isEqualTo(Long.MAX_VALUE);
        assertThat(flows.flows().getFirst().count()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void countsTheEventsThatAreMissingBetweenTwoAsLost() {
        window.add(numbered(10));
        window.add(numbered(11));
        window.add(numbered(15));
        PartialFlows flows = partial();
        assertThat(flows.lost()).isEqualTo(3);
        assertThat(flows.numbers()).containsEntry("host-b", 15L);
    }

    @Test
    void countsWhatIsMissingSinceTheLastThatAnotherReaderTold() {
        told.put("host-b", 10L);
        window.add(numbered(13));
        assertThat(partial().lost()).isEqualTo(2);
    }

    @Test
    void countsNothingAsLostThatComesLateOrFromAnAgentThatBeganAnewOrHasNoNumber() {
        window.add(numbered(50));
        window.add(numbered(49));
        window.add(numbered(51));
        window.add(numbered(1));
        window.add(numbered(2));
        window.add(numbered(0));
        window.add(numbered(3));
        PartialFlows flows = partial();
        assertThat(flows.lost()).isZero();
        assertThat(flows.numbers()).containsEntry("host-b", 3L);
    }

    @Test
    void takesANumberFarBackForThatOfAnAgentThatBeganAnew() {
        window.add(numbered(1_000_000));
        window.add(numbered(3));
        window.add(numbered(5));
        assertThat(partial().lost()).isEqualTo(1);
    }

    private static FlowEvent withDestination(FlowEvent e, String destination) {
        return new FlowEvent(
                e.id(),
                e.hostId(),
                e.eventType(),
                e.policyId(),
                e.policyVersion(),
                e.ruleId(),
                e.reason(),
                e.verdict(),
                e.direction(),
                e.hook(),
                e.sourceIp(),
                destination,
                e.sourcePort(),
                e.destPort(),
                e.protocol(),
                e.interfaceName(),
                e.generation(),
                e.count(),
                e.lost(),
                e.number(),
                e.timestamp(),
                e.metadata());
    }
}
