package io.aegisflux.segmentation.telemetry.domain;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class FamilyTest {
    @Test
    void refusesASampleThatLacksALabel() {
        assertThatThrownBy(
                        () -> Family.gauge("g", "Help.", "a", "b").add(1, "x").build())
                .hasMessage("g has the labels [a, b], not [x]");
    }

    @Test
    void refusesAFamilyThatDoesNotSayWhatItIs() {
        assertThatThrownBy(() -> new Family("g", Family.Type.GAUGE, " ", List.of(), List.of()))
                .hasMessage("g does not say what it is");
    }
}
