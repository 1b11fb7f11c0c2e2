package io.aegisflux.segmentation.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubjectsTest {
    /** What is no subject token, or not the only way to write one. */
    static String[] noTokens() {
        return new String[] {
            "",
            " ",
            "a.b",
            ".",
            "a.",
            ".a",
            "*",
            "a*",
            ">",
            "web.>",
            "a b",
            "a\t",
            "a\n",
            "\r",
            "a\u0000",
            "-a",
            "_a",
            "ä",
            "а", // Cyrillic
            "ａ", // full width
            "a\u200b", // zero width space
            "a\u202eb", // right-to-left override
            "😀",
            "a/b",
            "a\\b",
            "a:b",
            "$JS",
            "%61",
        };
    }

    @Test
    void buildsTheSubjectOfAHostAndOfAPolicy() {
        assertThat(Subjects.desired(new HostId("host-a"))).isEqualTo("segmentation.desired.host-a");
        assertThat(Subjects.policy(new PolicyId("Web_1"))).isEqualTo("segmentation.policies.Web_1");
        assertThat(Subjects.workload(new WorkloadId("Db-1"))).isEqualTo("segmentation.workloads.Db-1");
        assertThat(Subjects.api("policy", "get")).isEqualTo("segmentation.api.policy.get");
        assertThat(Subjects.each(Subjects.EVENTS)).isEqualTo("segmentation.events.*");
    }

    @ParameterizedTest
    @MethodSource("noTokens")
    void refusesAHostIdThatIsNotOneToken(String id) {
        assertThatIllegalArgumentException().isThrownBy(() -> new HostId(id)).withMessageContaining("host id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "Host", "a_b"})
    void refusesAHostIdThatANameServerWouldReadOtherwise(String id) {
        assertThatIllegalArgumentException().isThrownBy(() -> new HostId(id)).withMessageContaining("host id");
    }

    @ParameterizedTest
    @MethodSource("noTokens")
    void refusesAPolicyIdThatIsNotOneToken(String id) {
        assertThatIllegalArgumentException().isThrownBy(() -> new PolicyId(id)).withMessageContaining("policy id");
    }

    @ParameterizedTest
    @MethodSource("noTokens")
    void refusesAWorkloadIdThatIsNotOneToken(String id) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WorkloadId(id))
                .withMessageContaining("workload id");
    }

    @ParameterizedTest
    @MethodSource("noTokens")
    void refusesServicesAndVerbsThatAreNotOneToken(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> Subjects.systemOfService(name));
        assertThatIllegalArgumentException().isThrownBy(() -> Subjects.api(name, "get"));
        assertThatIllegalArgumentException().isThrownBy(() -> Subjects.api("policy", name));
    }

    @Test
    void takesIdsUpToTheirLengthAndNotBeyond() {
        assertThat(new HostId("a".repeat(63)).value()).hasSize(63);
        assertThat(new PolicyId("a".repeat(128)).value()).hasSize(128);
        assertThat(Subjects.systemOfService("a".repeat(63))).endsWith("a".repeat(63));
        assertThatIllegalArgumentException().isThrownBy(() -> new HostId("a".repeat(64)));
        assertThatIllegalArgumentException().isThrownBy(() -> new PolicyId("a".repeat(129)));
        assertThatIllegalArgumentException().isThrownBy(() -> Subjects.systemOfService("a".repeat(64)));
        assertThatNullPointerException().isThrownBy(() -> new HostId(null));
        assertThatNullPointerException().isThrownBy(() -> new PolicyId(null));
    }

    @Test
    void shortensAndCleansWhatItQuotes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PolicyId("\u001b[31m\u202e" + "x".repeat(500)))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200).doesNotContain("\u001b", "\u202e"));
    }

    @Test
    void readsBackOnWhichSubjectAMessageWasPublishedThatAStreamHolds() {
        assertThat(Subjects.held(Subjects.EVENTS)).isEqualTo("segmentation.events.>");
        assertThat(Subjects.held(Subjects.EVENTS, new HostId("host-a"))).isEqualTo("segmentation.events.*.host-a");
        assertThat(Subjects.held(Subjects.FLOWS, 7)).isEqualTo("segmentation.flows.7.*");
        assertThat(Subjects.partial("events-7")).isEqualTo("segmentation.partials.events-7");
        assertThat(Subjects.published("segmentation.events.12.host-a")).isEqualTo("segmentation.events.host-a");
        assertThat(Subjects.published("segmentation.flows.3.host-a")).isEqualTo("segmentation.flows.host-a");
        assertThat(Subjects.published("segmentation.events.host-a")).isEqualTo("segmentation.events.host-a");
        assertThat(Subjects.published("segmentation.telemetry.flows")).isEqualTo("segmentation.telemetry.flows");
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
