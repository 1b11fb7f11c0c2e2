package io.aegisflux.segmentation.policy.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.PublishHeaders;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpectationTest {
    @Test
    void readsTheHeaderHoweverItIsWritten() {
        assertThat(Expectation.of(Map.of())).isEqualTo(Expectation.ANYTHING);
        assertThat(Expectation.of(Map.of(PublishHeaders.EXPECTED_VERSION, List.of("0"))))
                .isEqualTo(new Expectation.Version(0));
        assertThat(Expectation.of(Map.of("segmentation-expected-version", List.of("17"))))
                .isEqualTo(new Expectation.Version(17));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "v3", "1.0", "03", "99999999999999999999"})
    void saysWhatIsWrongWithOneThatIsNoVersion(String value) {
        assertThat(Expectation.of(Map.of(PublishHeaders.EXPECTED_VERSION, List.of(value)))
                        .problem())
                .hasValueSatisfying(problem -> assertThat(problem.reason()).contains(PublishHeaders.EXPECTED_VERSION));
    }

    @Test
    void refusesTwoOfThem() {
        assertThat(Expectation.of(Map.of(PublishHeaders.EXPECTED_VERSION, List.of("1", "2")))
                        .problem())
                .isPresent();
    }
}
