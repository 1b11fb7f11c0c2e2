package io.aegisflux.segmentation.telemetry.domain;

import static io.aegisflux.segmentation.telemetry.domain.Fixtures.at;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.event;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.nanos;
import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.FlowRow;
import io.aegisflux.segmentation.contracts.PartialFlows;
import io.aegisflux.segmentation.contracts.TelemetryFlows;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FlowWindowsTest {
    private static final double GRACE = FlowWindows.GRACE.toNanos() / 1e9;
    private static final double TOGETHER = FlowWindows.TOGETHER.toNanos() / 1e9;

    private final FlowWindows windows = new FlowWindows();

    /** One decision of a host of its own for each partition. */
    private static PartialFlows partial(int partition, int second) {
        PartialWindow window =
                new PartialWindow(PartialFlows.EVENTS, partition, at(second), new EventNumbers(Map.of()));
        window.add(event(node -> node.put("host_id", "host-" + partition)));
        return window.partial(second);
    }

    /** Stores and delivers at once. */
    private void add(int partition, int second, double at) {
        windows.add(partial(partition, second), at(at), nanos(at));
    }

    @Test
    void putsTogetherWhatThePartitionsComeTo() {
        add(1, 4, 5.0);
        add(2, 4, 5.1);
        add(2, 4, 5.1);
        windows.closeDue(nanos(1_000));
        TelemetryFlows flows = windows.next().orElseThrow();
        assertThat(flows.from()).isEqualTo(at(4));
        assertThat(flows.to()).isEqualTo(at(5));
        assertThat(flows.dropped()).isEqualTo(3);
        assertThat(flows.flows()).extracting(FlowRow::count).containsExactly(2L, 1L);
    }

    @Test
    void closesAWindowWhenSomethingIsStoredLongAfterTheFirstOfIt() {
        add(1, 4, 5.0);
        add(2, 5, 5.0 + TOGETHER - 0.01);
        assertThat(windows.next()).isEmpty();
        add(2, 5, 5.0 + TOGETHER);
        assertThat(windows.next())
                .hasValueSatisfying(flows -> assertThat(flows.from()).isEqualTo(at(4)));
    }

    @Test
    void closesAWindowALittleAfterItsTimeWhenNothingElseComes() {
        add(1, 4, 5.0);
        windows.closeDue(nanos(5.0 + TOGETHER));
        assertThat(windows.next()).as("some may be on their way").isEmpty();
        windows.closeDue(nanos(5.0 + TOGETHER + GRACE));
        assertThat(windows.next()).isPresent();
    }

    @Test
    void countsWhatComesLateOnceInTheNextWindow() {
        add(1, 4, 5.0);
        windows.closeDue(nanos(6));
        add(2, 4, 6.1);
        add(1, 5, 6.2);
        windows.closeDue(nanos(8));
        windows.published(at(5));
        assertThat(windows.next()).hasValueSatisfying(flows -> {
            assertThat(flows.from()).isEqualTo(at(5));
            assertThat(flows.dropped()).isEqualTo(2);
        });
    }

    @Test
    void cutsTheSameWindowsWhereverAndWheneverThePartialsAreDelivered() {
        FlowWindows other = new FlowWindows();
        for (int second = 0; second < 10; second++) {
            for (int partition = 0; partition < 5; partition++) {
                double stored = second + 1 + partition * 0.07; // the last of each comes late
                add(partition, second, stored);
                other.add(partial(partition, second), at(stored), nanos(77)); // another clock, all in a burst
            }
        }
        windows.closeDue(nanos(1_000));
        other.closeDue(nanos(1_000));
        List<TelemetryFlows> cut = drain(windows);
        assertThat(cut).hasSizeGreaterThanOrEqualTo(10).isEqualTo(drain(other));
        assertThat(cut.stream().mapToLong(TelemetryFlows::dropped).sum()).isEqualTo(50);
        assertThat(cut.getFirst().dropped())
                .as("what came late is in the next one")
                .isEqualTo(3);
    }

    @Test
    void showsTheRowsWithMostDecisionsOfAllPartitionsAndCountsTheOthersAsOmitted() {
        for (int partition = 0; partition < 2; partition++) {
            PartialWindow window = new PartialWindow(PartialFlows.EVENTS, partition, at(4), new EventNumbers(Map.of()));
            for (int port = 1; port <= 400; port++) {
                int count = 2 * port + partition;
                String host = "host-" + partition;
                window.add(event(node ->
                        node.put("host_id", host).put("dest_port", count).put("count", count)));
            }
            windows.add(window.partial(1), at(5), nanos(5));
        }
        windows.closeDue(nanos(1_000));
        TelemetryFlows flows = windows.next().orElseThrow();
        assertThat(flows.flows()).hasSize(FlowWindow.MAX_ROWS);
        assertThat(flows.flows().getFirst().destPort()).isEqualTo(801);
        assertThat(flows.flows()).allMatch(flow -> flow.count() > 301);
        assertThat(flows.omitted()).isEqualTo(300);
    }

    @Test
    void keepsTheNewestWindowsWhileNobodyTakesThem() {
        for (int second = 0; second < FlowWindows.KEPT + 10; second++) {
            add(1, second, second + 1);
        }
        windows.closeDue(nanos(10_000));
        assertThat(drain(windows))
                .hasSize(FlowWindows.KEPT)
                .first()
                .satisfies(flows -> assertThat(flows.from()).isEqualTo(at(10)));
    }

    @Test
    void keepsNoMoreRowsThanItHasMemoryFor() {
        for (int second = 0; second < 300; second++) {
            PartialWindow window = new PartialWindow(PartialFlows.EVENTS, 1, at(second), new EventNumbers(Map.of()));
            for (int port = 1; port <= 500; port++) {
                int there = port;
                window.add(event(node -> node.put("dest_port", there)));
            }
            windows.add(window.partial(1), at(second + 1), nanos(second + 1));
        }
        windows.closeDue(nanos(10_000));
        assertThat(drain(windows)).hasSize(FlowWindows.KEPT_ROWS / 500);
    }

    @Test
    void forgetsWindowsThatAnotherInstancePublishedAlsoTheOpenOnes() {
        Stream.of(1, 2, 3, 4).forEach(second -> add(1, second, second + 1));
        windows.published(at(3));
        assertThat(windows.next())
                .hasValueSatisfying(flows -> assertThat(flows.from()).isEqualTo(at(3)));
        windows.published(at(5));
        windows.closeDue(nanos(1_000));
        assertThat(windows.next()).isEmpty();
        add(1, 4, 6); // belongs to one that was published
        windows.closeDue(nanos(1_000));
        assertThat(windows.next())
                .hasValueSatisfying(flows -> assertThat(flows.from()).isEqualTo(at(5)));
    }

    @Test
    void countsForPrometheusWhatEventsToldAlone() {
        windows.count(partial(1, 4));
        PartialFlows recorded =
                new PartialFlows(PartialFlows.FLOWS, 1, 1, at(4), List.of(), List.of(), 0, 0, 9, 0, 0, 0, Map.of());
        windows.count(recorded);
        assertThat(Fixtures.value(List.of(windows.family()), "segmentation_decisions_total", "dropped"))
                .isEqualTo(OptionalDouble.of(1));
        assertThat(Fixtures.value(List.of(windows.family()), "segmentation_decisions_total", "allowed"))
                .isEqualTo(OptionalDouble.of(0));
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
}
