package io.aegisflux.segmentation.telemetry.domain;

import static io.aegisflux.segmentation.telemetry.domain.Fixtures.at;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.family;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.rollout;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.RolloutState;
import java.util.List;
import org.junit.jupiter.api.Test;

class RolloutFamiliesTest {
    @Test
    void tellsHowEachRolloutStandsAndByWhenItWouldBeDecided() {
        List<Family> families = RolloutFamilies.of(
                List.of(rollout("a", 2, RolloutState.RUNNING), rollout("b", 7, RolloutState.ABORTED)));
        assertThat(family(families, "segmentation_rollout_state").samples())
                .extracting(Family.Sample::labels)
                .containsExactly(List.of("a", "2", "running"), List.of("b", "7", "aborted"));
        assertThat(value(families, "segmentation_rollout_canary_hosts", "a", "2"))
                .hasValue(2);
        assertThat(value(families, "segmentation_rollout_acknowledged_hosts", "a", "2"))
                .hasValue(1);
        assertThat(value(families, "segmentation_rollout_due_timestamp_seconds", "a", "2"))
                .as("30 s to acknowledge, 60 s of soak, 10 s between reports")
                .hasValue(at(100).getEpochSecond());
        assertThat(value(families, "segmentation_rollout_due_timestamp_seconds", "b", "7"))
                .isEmpty();
    }
}
