package io.aegisflux.segmentation.telemetry.domain;

import static io.aegisflux.segmentation.telemetry.domain.Fixtures.at;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.event;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.nanos;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.TelemetryFlows;
import io.aegisflux.segmentation.contracts.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FlowWindowsTest {
    private final FlowWindows windows = new FlowWindows();

    /** Stores and delivers at once. */
    private void add(double seconds, FlowEvent event) {
        windows.add(event, at(seconds), nanos(seconds));
    }

    private TelemetryFlows onlyWindow() {
        windows.closeDue(nanos(1_000));
        TelemetryFlows flows = windows.next().orElseThrow();
        windows.published(flows.to());
        assertThat(windows.next()).isEmpty();
        return flows;
    }

    @Test
    void sumsUpEqualDecisionsOfOneSecond() {
        add(4.1, event());
        add(4.9, event(node -> node.put("count", 6).put("source_port", 1)));
        TelemetryFlows flows = onlyWindow();
        assertThat(flows.from()).isEqualTo(at(4));
        assertThat(flows.to()).isEqualTo(at(5));
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
        changes.forEach(change -> add(4, event(change)));
        TelemetryFlows flows = onlyWindow();
        assertThat(flows.flows()).hasSize(changes.size());
        assertThat(flows.dropped() + flows.audited()).isEqualTo(changes.size());
    }

    @Test
    void datesRowsByTheDecisionsNotByTheirDelivery() {
        add(4, event(node -> node.put("timestamp", "2026-03-02T09:00:03.700Z")));
        add(4, event(node -> {
            node.put("count", 5).put("timestamp", "2026-03-02T09:00:03.900Z");
            node.putObject("metadata").put("first", "2026-03-02T09:00:02.950Z").put("last", "ignored");
        }));
        assertThat(onlyWindow().flows()).singleElement().satisfies(flow -> {
            assertThat(flow.first()).isEqualTo(Instant.parse("2026-03-02T09:00:02.950Z"));
            assertThat(flow.last()).isEqualTo(Instant.parse("2026-03-02T09:00:03.900Z"));
        });
    }

    @Test
    void readsNothingIntoAFirstThatIsNoTime() {
        add(4, event(node -> {
            node.put("count", 5);
            node.putObject("metadata").put("first", "yesterday");
        }));
        assertThat(onlyWindow().flows())
                .singleElement()
                .satisfies(flow -> assertThat(flow.first()).isEqualTo(flow.last()));
    }

    @Test
    void closesAWindowWithTheFirstEventOfALaterOne() {
        add(4.5, event());
        assertThat(windows.next()).isEmpty();
        add(5.0, event());
        assertThat(windows.next())
                .hasValueSatisfying(flows -> assertThat(flows.from()).isEqualTo(at(4)));
    }

    @Test
    void closesAWindowALittleAfterItsTimeWhenNothingElseComes() {
        add(4.5, event());
        windows.closeDue(nanos(5.0));
        assertThat(windows.next())
                .as("events of the window may be on their way")
                .isEmpty();
        windows.closeDue(nanos(5.0) + FlowWindows.GRACE.toNanos());
        assertThat(windows.next()).isPresent();
    }

    @Test
    void countsALateEventOnceInTheNextWindow() {
        add(4.5, event());
        windows.closeDue(nanos(6));
        windows.add(event(), at(4.6), nanos(6.1));
        windows.add(event(), at(5.9), nanos(6.2));
        windows.closeDue(nanos(8));
        windows.published(at(5));
        assertThat(windows.next()).hasValueSatisfying(flows -> {
            assertThat(flows.from()).isEqualTo(at(5));
            assertThat(flows.dropped()).isEqualTo(2);
        });
    }

    @Test
    void cutsTheSameWindowsWhereverAndWheneverTheEventsAreDelivered() {
        FlowWindows other = new FlowWindows();
        for (double seconds = 0; seconds < 10; seconds += 0.03) {
            FlowEvent event = event(node -> node.put("dest_port", 80));
            add(seconds, event);
            other.add(event, at(seconds), nanos(77 + seconds * 0.001)); // another clock, all in a burst
        }
        windows.closeDue(nanos(1_000));
        other.closeDue(nanos(1_000));
        List<TelemetryFlows> cut = drain(windows);
        assertThat(cut).hasSize(10).isEqualTo(drain(other));
        assertThat(cut.stream().mapToLong(TelemetryFlows::dropped).sum()).isEqualTo(334);
    }

    @Test
    void showsTheRowsWithMostDecisionsAndCountsTheOthersAsOmitted() {
        for (int port = 1; port <= 600; port++) {
            int count = port;
            add(4, event(node -> node.put("dest_port", count).put("count", count)));
        }
        TelemetryFlows flows = onlyWindow();
        assertThat(flows.flows()).hasSize(FlowWindow.MAX_ROWS);
        assertThat(flows.flows().getFirst().destPort()).isEqualTo(600);
        assertThat(flows.flows()).allMatch(flow -> flow.count() > 100);
        assertThat(flows.omitted()).isEqualTo(100);
        assertThat(flows.dropped()).isEqualTo(600 * 601 / 2);
    }

    @Test
    void losesNoCountToAScanOfAHundredThousandAddresses() {
        FlowEvent scan = event();
        for (int i = 0; i < 100_000; i++) {
            String destination = "10.%d.%d.%d".formatted(i >> 16, i >> 8 & 255, i & 255);
            add(4, withDestination(scan, destination));
        }
        TelemetryFlows flows = onlyWindow();
        assertThat(flows.flows()).hasSize(FlowWindow.MAX_ROWS);
        assertThat(flows.flows().size() + flows.omitted()).isEqualTo(100_000);
        assertThat(flows.dropped()).isEqualTo(100_000);
    }

    @Test
    void keepsTheNewestWindowsWhileNobodyTakesThem() {
        for (int second = 0; second < FlowWindows.KEPT + 10; second++) {
            add(second, event());
        }
        windows.closeDue(nanos(1_000));
        assertThat(drain(windows))
                .hasSize(FlowWindows.KEPT)
                .first()
                .satisfies(flows -> assertThat(flows.from()).isEqualTo(at(10)));
    }

    @Test
    void forgetsWindowsThatAnotherInstancePublished() {
        Stream.of(1, 2, 3, 4).forEach(second -> add(second, event()));
        windows.published(at(3));
        assertThat(windows.next())
                .hasValueSatisfying(flows -> assertThat(flows.from()).isEqualTo(at(3)));
    }

    @Test
    void staysAtTheLargestNumberWhenAHostTellsNonsense() {
        add(4, event(node -> node.put("count", Long.MAX_VALUE)));
        add(4, event(node -> node.put("count", 2)));
        TelemetryFlows flows = onlyWindow();
        assertThat(flows.dropped()).isEqualTo(Long.MAX_VALUE);
        assertThat(flows.flows().getFirst().count()).isEqualTo(Long.MAX_VALUE);
    }

    private static List<TelemetryFlows> drain(FlowWindows windows) {
        return Stream.generate(() -> windows.next().map(flows -> {
                    windows.published(flows.to());
                    return flows;
                }))
                .takeWhile(java.util.Optional::isPresent)
                .map(java.util.Optional::get)
                .toList();
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
                e.timestamp(),
                e.metadata());
    }
}
