package io.aegisflux.segmentation.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventIdTest {
    @Test
    void tellsWhenTheDecisionWasMade() {
        assertThat(new EventId("01KJPX8SYR5V3HQT8MZ0R7E2DC").time())
                .isEqualTo(Instant.parse("2026-03-02T09:15:04.536Z"));
        assertThat(new EventId("0".repeat(26)).time()).isEqualTo(Instant.EPOCH);
        assertThat(new EventId("7" + "Z".repeat(25)).time().toEpochMilli()).isEqualTo((1L << 48) - 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "01KJPX8SYR5V3HQT8MZ0R7E2D",
                "01KJPX8SYR5V3HQT8MZ0R7E2DCA",
                "01kjpx8syr5v3hqt8mz0r7e2dc",
                "81KJPX8SYR5V3HQT8MZ0R7E2DC",
                "01KJPX8SYR5V3HQT8MZ0R7E2DU",
                "019cade5-30b8-7c41-9b52-6f1e0a7d3c11",
                "*"
            })
    void refusesWhatIsNoneAndShowsIt(String text) {
        assertThatThrownBy(() -> new EventId(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not of the form");
    }
}
