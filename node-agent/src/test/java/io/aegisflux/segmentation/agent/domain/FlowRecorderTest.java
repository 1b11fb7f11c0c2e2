package io.aegisflux.segmentation.agent.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.FlowRecord;
import io.aegisflux.segmentation.contracts.FlowRecords;
import io.aegisflux.segmentation.contracts.Hook;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FlowRecorderTest {
    private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");

    private final FlowRecorder recorder = new FlowRecorder(new HostId("web-1"), NOON);

    private static FlowRecord passed(int port, long count, Instant last) {
        return new FlowRecord(
                Direction.INGRESS,
                "10.0.0.1",
                null,
                "10.0.0.2",
                port,
                "tcp",
                null,
                null,
                "eth0",
                Verdict.ALLOWED,
                Reason.POSTURE,
                null,
                null,
                null,
                count,
                last);
    }

    private static DecisionRecord decision(Verdict verdict, int port, int protocol, Instant time) {
        return new DecisionRecord(
                time,
                time,
                1,
                Hook.TC_INGRESS,
                Direction.INGRESS,
                verdict,
                Reason.RULE_DENY,
                new PolicyId("p"),
                3L,
                "r",
                "10.0.0.1",
                "10.0.0.2",
                40_000 + port,
                port,
                protocol,
                protocol == 1 ? 8 : 0,
                0,
                "eth0",
                9,
                60,
                0,
                null);
    }

    private List<FlowRecords> take(Instant now, FlowRecord... flows) {
        return recorder.take(new FlowSample(List.of(flows), true), now);
    }

    @Test
    void tellsNothingWhenNothingHappened() {
        assertThat(take(NOON.plusSeconds(10))).isEmpty();
    }

    @Test
    void tellsWhatPassedAndWhatWasDroppedOfAWhile() {
        recorder.add(decision(Verdict.DROPPED, 80, 6, NOON.plusSeconds(1)));
        recorder.add(decision(Verdict.DROPPED, 80, 6, NOON.plusSeconds(2)));
        recorder.add(decision(Verdict.AUDITED, 81, 6, NOON.plusSeconds(2)));
        recorder.add(decision(Verdict.DROPPED, 0, 1, NOON.plusSeconds(3)));

        List<FlowRecords> messages = take(NOON.plusSeconds(10), passed(443, 5, NOON.plusSeconds(4)));

        assertThat(messages).singleElement().satisfies(message -> {
            assertThat(message.from()).isEqualTo(NOON);
            assertThat(message.to()).isEqualTo(NOON.plusSeconds(10));
            assertThat(message.unrecorded()).isZero();
            assertThat(message.complete()).isTrue();
            assertThat(message.flows())
                    .extracting(FlowRecord::protocol, FlowRecord::destPort, FlowRecord::icmpType, FlowRecord::count)
                    .containsExactlyInAnyOrder(
                            tuple("tcp", 80, null, 2L), tuple("icmp", null, 8, 1L), tuple("tcp", 443, null, 5L));
        });
        assertThat(take(NOON.plusSeconds(20))).as("all of it was told").isEmpty();
    }

    @Test
    void tellsConnectionsThatMerelyGoOnEveryFiveMinutes() {
        assertThat(take(NOON, passed(443, 0, NOON))).hasSize(1);
        assertThat(take(NOON.plusSeconds(10), passed(443, 0, NOON))).isEmpty();
        assertThat(take(NOON.plusSeconds(20), passed(443, 1, NOON)))
                .as("a new one")
                .hasSize(1);
        assertThat(take(NOON.plusSeconds(319), passed(443, 0, NOON))).isEmpty();
        assertThat(take(NOON.plusSeconds(320), passed(443, 0, NOON))).hasSize(1);
    }

    @Test
    void dividesManyRowsAndCountsThoseThatFindNoPlace() {
        FlowRecord[] many = IntStream.rangeClosed(1, FlowRecorder.MOST_ROWS + 7)
                .mapToObj(port -> passed(port, 2, NOON))
                .toArray(FlowRecord[]::new);
        List<FlowRecords> messages = take(NOON.plusSeconds(10), many);

        assertThat(messages).hasSize(FlowRecorder.MOST_ROWS / FlowRecords.MOST);
        assertThat(messages).allSatisfy(message -> assertThat(message.flows()).hasSize(FlowRecords.MOST));
        assertThat(messages.stream().mapToLong(FlowRecords::unrecorded).sum()).isEqualTo(14);
    }

    @Test
    void countsWhatWasDroppedOfTooManyKindsAndWhatCouldNotBeSent() {
        for (int port = 1; port <= FlowRecorder.MOST_ROWS + 3; port++) {
            recorder.add(decision(Verdict.DROPPED, port, 6, NOON));
        }
        List<FlowRecords> messages = take(NOON.plusSeconds(10));
        assertThat(messages.getFirst().unrecorded()).isEqualTo(3);

        messages.forEach(recorder::lost);

        assertThat(take(NOON.plusSeconds(20)))
                .singleElement()
                .satisfies(message -> assertThat(message.unrecorded()).isEqualTo(FlowRecorder.MOST_ROWS + 3));
    }

    @Test
    void saysWhenTheKernelHadLittleRoom() {
        assertThat(recorder.take(new FlowSample(List.of(), false), NOON.plusSeconds(10)))
                .singleElement()
                .satisfies(message -> assertThat(message.complete()).isFalse());
    }
}
