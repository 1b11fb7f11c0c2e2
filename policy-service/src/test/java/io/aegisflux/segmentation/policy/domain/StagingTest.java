package io.aegisflux.segmentation.policy.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.Canary;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PublishHeaders;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StagingTest {
    @Test
    void withoutHeadersAVersionIsForAllHostsAtOnce() {
        assertThat(Staging.of(Map.of("Other", List.of("x")))).isEqualTo(Staging.AT_ONCE);
        assertThat(Staging.AT_ONCE.over(3)).isEmpty();
    }

    @Test
    void readsAPercentageWithTheUsualTerms() {
        assertThat(staged("10%", null)).isEqualTo(new Canary(10, null, null, 0, 60, 30, 90, 100, Canary.AUTO));
        assertThat(staged("100%", "").percent()).isEqualTo(100);
    }

    @Test
    void readsLabelsHostsAndAllTerms() {
        assertThat(staged("label:tier=canary, site=b", "soak=5m, ack=10s,silence=1h,max-drops=0,promote=manual"))
                .isEqualTo(new Canary(
                        null, Map.of("tier", "canary", "site", "b"), null, 0, 300, 10, 3_600, 0, Canary.MANUAL));
        assertThat(staged("hosts:a,b", "soak=0s").hosts()).containsExactly(new HostId("a"), new HostId("b"));
    }

    @Test
    void namesOfHeadersHaveNoCase() {
        assertThat(Staging.of(Map.of("segmentation-canary", List.of("1%")))).isInstanceOf(Staging.Staged.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
                    0%              | -               | is "0%"
                    101%            | -               | is "101%"
                    10              | -               | is "10"
                    ''              | -               | is ""
                    label:          | -               | has "" where a name=value is wanted
                    label:tier      | -               | has "tier" where a name=value is wanted
                    label:a=b,a=c   | -               | has "a" twice
                    hosts:          | -               | host id ""
                    hosts:a,B       | -               | host id "B"
                    hosts:a.b       | -               | host id "a.b"
                    -               | soak=60s        | is missing beside
                    10%             | soak            | has "soak" where a name=value is wanted
                    10%             | soak=60         | soak=60 in the header Segmentation-Rollout is no time from 0 s
                    10%             | soak=25h        | is no time from 0 s to 24 h
                    10%             | ack=0s          | is no time from 1 s to 24 h
                    10%             | silence=0s      | is no time from 1 s to 24 h
                    10%             | soak=1s,soak=2s | has "soak" twice
                    10%             | max-drops=-1    | is no number
                    10%             | promote=later   | is none of auto, manual
                    10%             | wait=1s         | has the unknown term "wait"
                    """)
    void refusesWhatItCannotRead(String canary, String rollout, String reason) {
        assertThat(of(canary, rollout).problem()).get().satisfies(violation -> {
            assertThat(violation.reason()).contains(reason).contains("Segmentation-");
            assertThat(violation.hint()).startsWith("write once ");
        });
    }

    @Test
    void refusesAHeaderThatStandsThereTwice() {
        assertThat(Staging.of(Map.of(PublishHeaders.CANARY, List.of("1%", "2%")))
                        .problem())
                .get()
                .satisfies(violation -> assertThat(violation.reason()).contains("stands there 2 times"));
    }

    private static Canary staged(String canary, String rollout) {
        return ((Staging.Staged) of(canary, rollout == null || rollout.isEmpty() ? null : rollout)).canary();
    }

    private static Staging of(String canary, String rollout) {
        Map<String, List<String>> headers = new HashMap<>();
        if (canary != null) {
            headers.put(PublishHeaders.CANARY, List.of(canary));
        }
        if (rollout != null) {
            headers.put(PublishHeaders.ROLLOUT, List.of(rollout));
        }
        return Staging.of(headers);
    }
}
