package io.aegisflux.segmentation.policy.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.FlowRecord;
import io.aegisflux.segmentation.contracts.FlowRecords;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.Verdict;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostTimeTest {
    private static final Instant STORED = Instant.parse("2026-11-27T12:00:00Z");

    @Test
    void whatAClockThatIsAheadHasDatedIsPutRightByTheBrokers() {
        assertThat(HostTime.notAhead(records(STORED.plusSeconds(3_600)), STORED))
                .isEqualTo(records(STORED));
        assertThat(HostTime.notAhead(records(STORED.plusMillis(1)), STORED)).isEqualTo(records(STORED));
    }

    @Test
    void whatIsLateIsNotToldFromWhatAClockThatIsBehindHasDated() {
        FlowRecords late = records(STORED.minusSeconds(3_600));
        assertThat(HostTime.notAhead(late, STORED)).isSameAs(late);
    }

    private static FlowRecords records(Instant to) {
        return new FlowRecords(
                new HostId("host-a"),
                to.minusSeconds(10),
                to,
                List.of(new FlowRecord(
                        Direction.INGRESS,
                        "10.0.0.1",
                        null,
                        "10.0.0.2",
                        443,
                        "tcp",
                        null,
                        null,
                        "eth0",
                        Verdict.ALLOWED,
                        Reason.POSTURE,
                        null,
                        null,
                        null,
                        3,
                        to.minusSeconds(4))),
                0,
                true);
    }
}
