package io.aegisflux.segmentation.agent.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.Hook;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecisionAggregatorTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final DecisionAggregator aggregator = new DecisionAggregator(new HostId("web-1"), new TimeOrderedIds());

    private static DecisionRecord decision(Hook hook, Verdict verdict, int sourcePort, Instant time) {
        return new DecisionRecord(
                time,
                time,
                1,
                hook,
                Direction.INGRESS,
                verdict,
                Reason.RULE_DENY,
                new PolicyId("p"),
                3L,
                "r",
                "10.0.0.1",
                "10.0.0.2",
                sourcePort,
                80,
                6,
                0,
                0,
                "eth0",
                9,
                60,
                0,
                null);
    }

    @Test
    void tellsTheFirstDecisionAtOnceWithEverythingThatIsKnown() {
        FlowEvent event = aggregator
                .add(decision(Hook.TC_INGRESS, Verdict.DROPPED, 4711, NOON))
                .orElseThrow();
        assertThat(event.hostId().value()).isEqualTo("web-1");
        assertThat(event.eventType()).isEqualTo(FlowEvent.PACKET_DROPPED);
        assertThat(event.policyId().value()).isEqualTo("p");
        assertThat(event.policyVersion()).isEqualTo(3);
        assertThat(event.ruleId()).isEqualTo("r");
        assertThat(event.reason()).isEqualTo(Reason.RULE_DENY);
        assertThat(event.hook()).isEqualTo(Hook.TC_INGRESS);
        assertThat(event.sourceIp()).isEqualTo("10.0.0.1");
        assertThat(event.destPort()).isEqualTo(80);
        assertThat(event.protocol()).isEqualTo("tcp");
        assertThat(event.interfaceName()).isEqualTo("eth0");
        assertThat(event.generation()).isEqualTo(9);
        assertThat(event.count()).isEqualTo(1);
        assertThat(event.timestamp()).isEqualTo(NOON);
    }

    @Test
    void tellsRepeatsTogetherWithTheirNumberAndFirstAndLastTime() {
        aggregator.add(decision(Hook.TC_INGRESS, Verdict.DROPPED, 4711, NOON));
        for (int i = 1; i <= 5; i++) {
            assertThat(aggregator.add(decision(Hook.TC_INGRESS, Verdict.DROPPED, 4711, NOON.plusMillis(i))))
                    .isEmpty();
        }
        List<FlowEvent> events = aggregator.flush();
        assertThat(events).hasSize(1);
        assertThat(events.getFirst().count()).isEqualTo(5);
        assertThat(events.getFirst().metadata())
                .containsEntry("first", NOON.plusMillis(1).toString())
                .containsEntry("last", NOON.plusMillis(5).toString())
                .containsEntry("bytes", 300L);
    }

    @Test
    void forgetsAKindThatDidNotComeAgainSoThatItsNextIsToldAtOnce() {
        aggregator.add(decision(Hook.TC_INGRESS, Verdict.DROPPED, 4711, NOON));
        assertThat(aggregator.flush()).isEmpty();
        assertThat(aggregator.add(decision(Hook.TC_INGRESS, Verdict.DROPPED, 4711, NOON.plusSeconds(1))))
                .isPresent();
    }

    @Test
    void losesNoDecisionOfAnyKindInItsCounts() {
        long told = 0;
        for (int i = 0; i < 1_000; i++) {
            told += aggregator
                    .add(decision(Hook.TC_INGRESS, Verdict.DROPPED, i % 7, NOON))
                    .map(FlowEvent::count)
                    .orElse(0L);
            if (i % 100 == 99) {
                told += aggregator.flush().stream().mapToLong(FlowEvent::count).sum();
            }
        }
        assertThat(told).isEqualTo(1_000);
    }

    @Test
    void countsAsLostWhatIsOfTooManyKinds() {
        for (int port = 0; port < DecisionAggregator.MAX_KINDS + 10; port++) {
            aggregator.add(decision(Hook.TC_INGRESS, Verdict.DROPPED, port, NOON));
        }
        assertThat(aggregator.takeLost()).isEqualTo(10);
        assertThat(aggregator.takeLost()).isZero();
    }

    @Test
    void namesABlockedConnectionAsDashboardsKnowIt() {
        assertThat(aggregator
                        .add(decision(Hook.CONNECT4, Verdict.DROPPED, 1, NOON))
                        .orElseThrow()
                        .eventType())
                .isEqualTo(FlowEvent.CONNECTION_BLOCKED);
        assertThat(aggregator
                        .add(decision(Hook.CONNECT6, Verdict.DROPPED, 1, NOON))
                        .orElseThrow()
                        .eventType())
                .isEqualTo(FlowEvent.CONNECTION_BLOCKED);
        assertThat(aggregator
                        .add(decision(Hook.TC_EGRESS, Verdict.AUDITED, 1, NOON))
                        .orElseThrow()
                        .eventType())
                .isEqualTo(FlowEvent.PACKET_ALLOWED);
    }

    @Test
    void givesIdsThatAreUniqueAndSortByTime() {
        TimeOrderedIds ids = new TimeOrderedIds();
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            made.add(ids.next(1_000_000 + i / 100));
        }
        assertThat(made).isSorted();
        assertThat(new HashSet<>(made)).hasSize(10_000);
        assertThat(made).allMatch(id -> id.matches("[0-9A-HJKMNP-TV-Z]{26}"));
        assertThat(ids.next(1).compareTo(made.getLast()))
                .as("a clock that went back")
                .isPositive();
    }
}
