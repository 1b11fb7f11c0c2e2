package io.aegisflux.segmentation.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.cli.bus.FleetBus;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.PolicyApi;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether a host is heard is told by the broker's clock; its own may be wrong. */
class FleetStatusTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");
    private static final HostId HOST = new HostId("host-a");

    @ParameterizedTest
    @CsvSource({"PT0S,", "PT2S,", "PT1H,3600", "-PT1H,-3600"})
    void aHostThatReportsIsInStepWhateverItsClockSays(Duration ahead, Long shown) {
        FleetStatus.Host host = host(NOW.minusSeconds(8), ahead);
        assertThat(host.state()).isEqualTo(FleetStatus.HostState.IN_STEP);
        assertThat(host.lastReport()).isEqualTo(NOW.minusSeconds(8));
        assertThat(host.clockAheadSeconds()).isEqualTo(shown);
    }

    @Test
    void aClockThatIsAheadDoesNotHideThatAHostIsSilent() {
        assertThat(host(NOW.minusSeconds(31), Duration.ofHours(1)).state()).isEqualTo(FleetStatus.HostState.STALE);
    }

    private static FleetStatus.Host host(Instant takenAt, Duration ahead) {
        MetricsReport report = new MetricsReport(
                HOST,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                1,
                42,
                1,
                0,
                0,
                0,
                List.of(),
                Map.of(),
                List.of(),
                List.of(),
                takenAt.plus(ahead));
        return FleetStatus.hosts(
                        new PolicyApi.HostsReply(
                                List.of(new PolicyApi.HostSummary(HOST, 1, 42, Map.of(), List.of(), NOW))),
                        Map.of(HOST, new FleetBus.Told(report, takenAt)),
                        NOW)
                .getFirst();
    }
}
