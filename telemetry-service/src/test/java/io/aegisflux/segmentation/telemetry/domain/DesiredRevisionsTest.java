package io.aegisflux.segmentation.telemetry.domain;

import static io.aegisflux.segmentation.telemetry.domain.Fixtures.at;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.family;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.HostId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DesiredRevisionsTest {
    private final DesiredRevisions desired = new DesiredRevisions();
    private final List<KnownHost> hosts = List.of(new KnownHost(new HostId("host-a"), at(0)));

    @Test
    void namesTheHighestRevisionOnceItIsKnown() {
        assertThat(family(desired.families(hosts), "segmentation_desired_policy_revision")
                        .samples())
                .isEmpty();
        desired.highest(42);
        assertThat(value(desired.families(hosts), "segmentation_desired_policy_revision"))
                .hasValue(42);
    }

    @Test
    void namesTheRevisionOfEachHostThatReports() {
        desired.ofHosts(Map.of(new HostId("host-a"), 7L, new HostId("long-gone"), 3L));
        assertThat(family(desired.families(hosts), "segmentation_node_desired_policy_revision")
                        .samples())
                .containsExactly(new Family.Sample(List.of("host-a"), 7));
    }
}
