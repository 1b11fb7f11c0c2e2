package io.aegisflux.segmentation.telemetry.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.aegisflux.segmentation.contracts.Wire;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DashboardSettingsTest {
    @Test
    void tellsThePageWhereTheBrokerIs() {
        assertThat(new String(Wire.write(new DashboardSettings(URI.create("wss://nats.example:443")))))
                .isEqualTo("{\"nats_url\":\"wss://nats.example:443\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nats://localhost:4222", "localhost:9222", "ws:///path", "/ws"})
    void refusesWhatNoBrowserCouldConnectTo(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DashboardSettings(URI.create(url)))
                .withMessage(
                        "segmentation.dashboard.nats-url is ws://<host>:<port> or wss://<host>:<port>, not %s", url);
    }
}
