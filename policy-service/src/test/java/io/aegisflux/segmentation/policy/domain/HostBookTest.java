package io.aegisflux.segmentation.policy.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Workload;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HostBookTest {
    private static final Workload WEB = new Workload("web", Map.of("app", "web"), List.of("10.0.0.1"));
    private static final Workload DB = new Workload("db", Map.of("app", "db"), List.of("10.0.0.2"));

    @Test
    void theReportThatTheStreamHoldsLastCountsWhateverTheHostsClockSays() {
        CapabilityReport first = Documents.report("host-a", Map.of("role", "old"), List.of());
        CapabilityReport second = Documents.report("host-a", Map.of("role", "new"), List.of());
        HostBook book = HostBook.EMPTY.with(first, 1).with(second, 2);
        assertThat(book.reports()).containsExactly(Map.entry(new HostId("host-a"), second));
        assertThat(book.sequence()).isEqualTo(2);
    }

    @Test
    void workloadsComeInAnOrderThatDoesNotDependOnWhoReportedFirst() {
        CapabilityReport a = Documents.report("host-a", Map.of(), List.of(WEB));
        CapabilityReport b = Documents.report("host-b", Map.of(), List.of(DB));
        assertThat(HostBook.EMPTY.with(b, 1).with(a, 2).workloads())
                .isEqualTo(HostBook.EMPTY.with(a, 1).with(b, 2).workloads())
                .containsExactly(WEB, DB);
    }

    @Test
    void aHostThatHasAddressesIsAWorkloadWithItsOwnLabels() {
        CapabilityReport host = Documents.report("host-a", Map.of("role", "web"), List.of("10.0.0.9"), List.of(WEB));
        assertThat(HostBook.EMPTY.with(host, 1).workloads())
                .containsExactly(new Workload("host-a", Map.of("role", "web"), List.of("10.0.0.9")), WEB);
    }

    @Test
    void aHostThatWasRemovedTakesAllThatItSaidWithItUntilItReportsAgain() {
        CapabilityReport host = Documents.report("host-a", Map.of("role", "web"), List.of("10.0.0.9"), List.of(WEB));
        HostBook without = HostBook.EMPTY.with(host, 1).without(host.hostId(), 2);
        assertThat(without.all()).isEmpty();
        assertThat(without.workloads()).isEmpty();
        assertThat(without.sequence()).isEqualTo(2);
        assertThat(without.with(host, 3).all()).containsExactly(host);
    }

    @Test
    void countsWhatItReadAlsoWhereThatSaidNothing() {
        assertThat(HostBook.EMPTY
                        .with(Documents.report("host-a"), 4)
                        .readTo(9)
                        .readTo(2)
                        .sequence())
                .isEqualTo(9);
    }
}
