package io.aegisflux.segmentation.telemetry.domain;

import static io.aegisflux.segmentation.telemetry.domain.Fixtures.at;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.event;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.nanos;
import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.FlowRow;
import io.aegisflux.segmentation.contracts.PartialFlows;
import io.aegisflux.segmentation.contracts.TelemetryFlows;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class FlowWindowsTest {
    private static final long LATER = nanos(10_000);

    private final FlowWindows windows = new FlowWindows();
    private long sequence;

    /** One decision of a host of its own for each partition. */
    private static PartialFlows partial(int partition, double second) {
        PartialWindow window =
                new PartialWindow(PartialFlows.EVENTS, partition, at(second), new EventNumbers(Map.of()));
        window.add(event(node -> node.put("host_id", "host-" + partition)));
        return window.partial(1);
    }

    /** Stores and delivers at once. */
    private void add(int partition, double stored) {
        windows.add(partial(partition, stored - 1), ++sequence, at(stored), nanos(stored));
    }

    private Optional<TelemetryFlows> next(double seconds) {
        return windows.next(nanos(seconds));
    }

    @Test
    void putsTogetherWhatThePartitionsComeTo() {
        add(1, 5.0);
        add(2, 5.1);
        add(2, 5.15);
        TelemetryFlows flows = next(100).orElseThrow();
        assertThat(flows.from()).isEqualTo(at(4));
        assertThat(flows.to()).isEqualTo(at(5));
        assertThat(flows.dropped()).isEqualTo(3);
        assertThat(flows.through()).isEqualTo(3);
        assertThat(flows.flows()).extracting(FlowRow::count).containsExactly(2L, 1L);
    }

    @Test
    void aWindowIsOverWithTheFirstPartialOfTheNext() {
        add(1, 5.0);
        add(2, 5.19);
        assertThat(next(5.19)).isEmpty();
        add(2, 5.2);
        assertThat(next(5.2))
                .hasValueSatisfying(flows -> assertThat(flows.dropped()).isEqualTo(2));
    }

    @Test
    void aWindowIsOverALittleAfterItsTimeWhenNothingElseComes() {
        add(1, 5.0);
        assertThat(next(5.24)).as("some may be on their way").isEmpty();
        assertThat(next(5.25)).isPresent();
    }

    @Test
    void whatIsDeliveredLateIsInTheNextWindowOnce() {
        add(1, 5.0);
        windows.published(next(6).orElseThrow());
        windows.add(partial(2, 4), ++sequence, at(5.1), nanos(6.1));
        assertThat(next(6.2)).as("the next second is not over").isEmpty();
        add(1, 6.15);
        TelemetryFlows flows = next(8).orElseThrow();
        assertThat(flows.from()).isEqualTo(at(5));
        assertThat(flows.dropped()).isEqualTo(2);
    }

    @Test
    void windowsDoNotRunAheadOfTheClockHoweverLateEverythingComes() {
        double stored = 100;
        for (int i = 0; i < 100; i++, stored += 0.1) {
            windows.add(partial(i % 5, 4), ++sequence, at(stored), nanos(stored));
            while (next(stored).isPresent()) {
                windows.published(next(stored).orElseThrow());
            }
        }
        TelemetryFlows last = next(200).orElseThrow();
        assertThat(last.from()).isBefore(at(stored));
    }

    @Test
    void whoeverPublishesTheNextWindowEveryPartialIsInOne() {
        FlowWindows other = new FlowWindows();
        FlowWindows publisher = windows;
        List<TelemetryFlows> published = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            double stored = 1 + i * 0.09;
            windows.add(partial(i % 5, stored), i + 1, at(stored), nanos(stored));
            other.add(partial(i % 5, stored), i + 1, at(stored), nanos(stored + i % 7 * 0.2)); // a slow one
            Optional<TelemetryFlows> next = publisher.next(nanos(stored + 0.5));
            if (next.isPresent()) {
                published.add(next.get());
                publisher = publisher == windows ? other : windows;
                publisher.published(next.get()); // it looks what was published when it takes over
            }
        }
        publisher.published(published.getLast());
        while (publisher.next(LATER).isPresent()) {
            published.add(publisher.next(LATER).orElseThrow());
            publisher.published(published.getLast());
        }
        assertThat(published.stream().mapToLong(TelemetryFlows::dropped).sum()).isEqualTo(500);
        assertThat(published).extracting(TelemetryFlows::from).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void showsTheRowsWithMostDecisionsOfAllPartitionsAndCountsTheOthersAsOmitted() {
        for (int partition = 0; partition < 3; partition++) {
            PartialWindow window = new PartialWindow(PartialFlows.EVENTS, partition, at(4), new EventNumbers(Map.of()));
            for (int port = 1; port <= 400; port++) {
                int count = 3 * port + partition;
                String host = "host-" + partition;
                window.add(event(node ->
                        node.put("host_id", host).put("dest_port", count).put("count", count)));
            }
            windows.add(window.partial(1), ++sequence, at(5), nanos(5));
        }
        TelemetryFlows flows = next(100).orElseThrow();
        assertThat(flows.flows()).hasSize(FlowWindow.MAX_ROWS);
        assertThat(flows.flows().getFirst().destPort()).isEqualTo(1202);
        assertThat(flows.flows()).allMatch(flow -> flow.count() > 702);
        assertThat(flows.omitted()).isEqualTo(3 * 150 + 250);
    }

    @Test
    void keepsTheSumsButNotAllRowsWhileNobodyPublishes() {
        for (int second = 0; second < 300; second++) {
            PartialWindow window = new PartialWindow(PartialFlows.EVENTS, 1, at(second), new EventNumbers(Map.of()));
            for (int port = 1; port <= 500; port++) {
                int there = port;
                window.add(event(node -> node.put("dest_port", there)));
            }
            windows.add(window.partial(1), ++sequence, at(second + 1), nanos(second + 1));
        }
        List<TelemetryFlows> published = new ArrayList<>();
        while (windows.next(LATER).isPresent()) {
            published.add(windows.next(LATER).orElseThrow());
            windows.published(published.getLast());
        }
        assertThat(published).hasSize(300);
        assertThat(published.stream().mapToLong(TelemetryFlows::dropped).sum()).isEqualTo(300 * 500);
        assertThat(published.stream().mapToLong(window -> window.flows().size()).sum())
                .isEqualTo(FlowWindows.KEPT_ROWS);
        assertThat(published.getFirst().omitted()).isEqualTo(500);
    }

    @Test
    void forgetsWhatAnotherInstancePublished() {
        for (int second = 1; second <= 4; second++) {
            add(1, second + 1);
        }
        TelemetryFlows third = new TelemetryFlows(at(3), at(4), List.of(), 0, 0, 3, 0, 0, 3);
        windows.published(third);
        assertThat(next(100)).hasValueSatisfying(flows -> {
            assertThat(flows.from()).isEqualTo(at(4));
            assertThat(flows.dropped()).isEqualTo(1);
        });
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
}
