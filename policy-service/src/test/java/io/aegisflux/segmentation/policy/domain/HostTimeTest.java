package io.aegisflux.segmentation.policy.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.FlowRecords;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class HostTimeTest {
    private static final Instant STORED = Instant.parse("2026-11-27T12:00:00Z");

    @Test
    void whatAClockThatIsAheadHasDatedIsPutRightByTheBrokers() {
        assertThat(HostTime.notAhead(RecordedFlows.until(STORED.plusSeconds(3_600)), STORED))
                .isEqualTo(RecordedFlows.until(STORED));
        assertThat(HostTime.notAhead(RecordedFlows.until(STORED.plusMillis(1)), STORED))
                .isEqualTo(RecordedFlows.until(STORED));
    }

    @Test
    void whatIsLateIsNotToldFromWhatAClockThatIsBehindHasDated() {
        FlowRecords late = RecordedFlows.until(STORED.minusSeconds(3_600));
        assertThat(HostTime.notAhead(late, STORED)).isSameAs(late);
    }
}
