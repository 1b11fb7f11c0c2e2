package io.aegisflux.segmentation.nats;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerFloorTest {
    @ParameterizedTest
    @ValueSource(strings = {"2.10.27", "2.10.29", "2.11.0", "2.15.1", "2.15.1-RC.1", "3.0.0", "2.10.27-1+b2"})
    void takesTheFloorAndWhatIsNewer(String version) {
        assertThatCode(() -> ServerFloor.check(version, true)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.9.10", "2.10.26", "1.4.1", "", "unknown"})
    void refusesWhatIsOlderAndSaysWhyAndWhatToRun(String version) {
        assertThatThrownBy(() -> ServerFloor.check(version, true))
                .isInstanceOf(UnfitServerException.class)
                .hasMessageContaining("below 2.10.27")
                .hasMessageContaining("CVE-2025-30215")
                .hasMessageContaining("Run 2.15");
    }

    @Test
    void refusesAServerWithoutJetStream() {
        assertThatThrownBy(() -> ServerFloor.check("2.15.1", false))
                .isInstanceOf(UnfitServerException.class)
                .hasMessageContaining("without JetStream");
    }
}
