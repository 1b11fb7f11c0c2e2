package io.aegisflux.segmentation.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubjectsTest {
    @Test
    void buildsTheSubjectOfAHostAndOfAPolicy() {
        assertThat(Subjects.desired(new HostId("host-a"))).isEqualTo("segmentation.desired.host-a");
        assertThat(Subjects.policy(new PolicyId("Web_1"))).isEqualTo("segmentation.policies.Web_1");
        assertThat(Subjects.api("policy", "get")).isEqualTo("segmentation.api.policy.get");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a.b", "*", ">", "a b", "-a", "A", "a\n", "ä"})
    void refusesAHostIdThatIsNotOneToken(String id) {
        assertThatIllegalArgumentException().isThrownBy(() -> new HostId(id)).withMessageContaining("host id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a.b", "*", "web.>", "a b", "_a", "a\r"})
    void refusesAPolicyIdThatIsNotOneToken(String id) {
        assertThatIllegalArgumentException().isThrownBy(() -> new PolicyId(id)).withMessageContaining("policy id");
    }

    @Test
    void shortensAndCleansWhatItQuotes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PolicyId("\u001b[31m" + "x".repeat(500)))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200).doesNotContain("\u001b"));
    }

    @Test
    void readsTheTokenBack() {
        assertThat(Subjects.token(Subjects.EVENTS, "segmentation.events.host-a"))
                .contains("host-a");
        assertThat(Subjects.token(Subjects.EVENTS, "segmentation.events.a.b")).isEmpty();
        assertThat(Subjects.token(Subjects.EVENTS, "segmentation.metrics.a")).isEmpty();
        assertThat(Subjects.token(Subjects.EVENTS, "segmentation.events.")).isEmpty();
    }
}
