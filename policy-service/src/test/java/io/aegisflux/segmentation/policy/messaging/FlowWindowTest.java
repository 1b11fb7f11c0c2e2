package io.aegisflux.segmentation.policy.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyPlan.Evidence;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.NatsMetadata;
import io.aegisflux.segmentation.policy.domain.Documents;
import io.aegisflux.segmentation.policy.domain.HostBook;
import io.aegisflux.segmentation.policy.domain.RecordedFlows;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What plan and suggest see of hosts whose clocks are wrong. */
class FlowWindowTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

    @Test
    void theFlowsOfAHostWhoseClockIsAnHourAheadAreInTheWindow() {
        Evidence evidence = evidence(Duration.ofHours(1), Duration.ofMinutes(10));
        assertThat(evidence.flows().distinct()).isEqualTo(1);
        assertThat(evidence.silentHosts()).isEmpty();
        assertThat(evidence.recordedFrom()).isBetween(NOW.minusSeconds(20), NOW);
    }

    @Test
    void aHostWhoseClockIsAnHourBehindIsSaidToBeSilentInAWindowThatIsShorter() {
        Evidence evidence = evidence(Duration.ofHours(-1), Duration.ofMinutes(10));
        assertThat(evidence.flows().distinct()).isZero();
        assertThat(evidence.silentHosts()).containsExactly(new HostId("host-a"));
        assertThat(evidence(Duration.ofHours(-1), Duration.ofHours(2)).flows().distinct())
                .isEqualTo(1);
    }

    private static Evidence evidence(Duration clockAhead, Duration window) {
        FlowHistory.Window read = new FlowHistory.Window(NOW.minus(window), NOW);
        Instant stored = NOW.minusSeconds(2);
        read.add(
                Wire.write(RecordedFlows.until(stored.minusMillis(5).plus(clockAhead))),
                new NatsMetadata("segmentation.flows.host-a", 7, null, Map.of(), stored, 1, 0));
        return read.evidence(HostBook.EMPTY.with(Documents.report("host-a"), NOW, 1));
    }
}
