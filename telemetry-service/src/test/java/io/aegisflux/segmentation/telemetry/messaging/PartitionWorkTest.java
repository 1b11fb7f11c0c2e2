package io.aegisflux.segmentation.telemetry.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.PartialFlows;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.telemetry.domain.EventNumbers;
import io.aegisflux.segmentation.telemetry.domain.Fixtures;
import io.aegisflux.segmentation.telemetry.domain.PartialWindow;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PartitionWorkTest {
    private static final int LARGEST = 1024 * 1024;

    private static PartialFlows partial(String word) {
        PartialWindow window = new PartialWindow(PartialFlows.EVENTS, 1, Instant.EPOCH, new EventNumbers(Map.of()));
        for (int i = 0; i < 2_000; i++) {
            String different = i + word;
            window.add(Fixtures.example(
                    "event-packet-dropped",
                    FlowEvent.class,
                    node -> node.put("rule_id", different)
                            .put("source_ip", different)
                            .put("dest_ip", different)
                            .put("protocol", different)));
        }
        return window.partial(7);
    }

    @Test
    void tellsTheRowsOfOrdinaryWords() {
        byte[] data = PartitionWork.bytes(partial(""));
        assertThat(data).hasSizeLessThan(LARGEST);
        assertThat(Wire.read(data, PartialFlows.class).flows()).isNotEmpty();
    }

    @Test
    void tellsTheSumsAloneWhenWordsThatGrowOnTheWireMakeItTooLarge() {
        PartialFlows whole = partial("\u0001".repeat(120));
        assertThat(Wire.write(whole)).hasSizeGreaterThan(LARGEST);
        byte[] data = PartitionWork.bytes(whole);
        assertThat(data).hasSizeLessThan(LARGEST);
        PartialFlows told = Wire.read(data, PartialFlows.class);
        assertThat(told.dropped()).isEqualTo(2_000);
        assertThat(told.omitted()).isEqualTo(2_000);
        assertThat(told.through()).isEqualTo(7);
    }
}
