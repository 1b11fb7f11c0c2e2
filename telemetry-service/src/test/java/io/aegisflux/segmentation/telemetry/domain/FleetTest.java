package io.aegisflux.segmentation.telemetry.domain;

import static io.aegisflux.segmentation.telemetry.domain.Fixtures.T0;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.applied;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.at;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.capabilities;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.deleted;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.hit;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.report;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.stored;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.PolicyUpdate;
import io.aegisflux.segmentation.contracts.TelemetrySummary;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class FleetTest {
    private static final String HITS = "segmentation_rule_hits_total";

    private final Fleet fleet = new Fleet(1_000);

    private OptionalDouble sample(Instant now, String family, String... labels) {
        return value(fleet.families(now), family, labels);
    }

    @Test
    void sumsUpTheLastMetricsOfAllHosts() {
        fleet.report(report("host-a", 90), at(0));
        fleet.report(report("host-a", 100), at(10));
        fleet.report(
                report(
                        "host-b",
                        30,
                        node -> node.put("packets_allowed", 7)
                                .put("packets_dropped", 5)
                                .put("packets_audited", 2)
                                .put("connections_blocked", 3)
                                .put("events_lost", 4)
                                .put("policies_active", 9)),
                at(11));
        TelemetrySummary summary = fleet.summary(at(12));
        assertThat(summary.timestamp()).isEqualTo(at(12));
        assertThat(summary.hosts()).isEqualTo(2);
        assertThat(summary.packetsTotal()).isEqualTo(130);
        assertThat(summary.packetsAllowed()).isEqualTo(18187 + 7);
        assertThat(summary.packetsDropped()).isEqualTo(24 + 5);
        assertThat(summary.packetsAudited()).isEqualTo(2);
        assertThat(summary.connectionsBlocked()).isEqualTo(3);
        assertThat(summary.eventsLost()).isEqualTo(4);
        assertThat(summary.policiesActive()).isEqualTo(9);
        assertThat(summary.perHost()).extracting(row -> row.hostId().value()).containsExactly("host-a", "host-b");
        assertThat(summary.perHost().get(1).packetsAllowed()).isEqualTo(7);
        assertThat(summary.perHost().get(1).revision()).isEqualTo(42);
    }

    @Test
    void callsAHostStaleAfterThreeMissedReports() {
        fleet.report(report("host-a", 1), at(0));
        fleet.report(report("host-b", 1), at(5));
        assertThat(fleet.summary(at(30)).hostsStale()).isZero();
        TelemetrySummary later = fleet.summary(at(31));
        assertThat(later.hostsStale()).isEqualTo(1);
        assertThat(later.perHost())
                .extracting(TelemetrySummary.HostSummary::stale)
                .containsExactly(true, false);
        fleet.report(report("host-a", 1), at(32));
        assertThat(fleet.summary(at(33)).hostsStale()).isZero();
    }

    @Test
    void goesByTheBrokersClockWhenAHostsClockIsWrong() {
        fleet.report(report("host-a", 1, node -> node.put("timestamp", "1999-01-01T00:00:00Z")), at(0));
        TelemetrySummary summary = fleet.summary(at(1));
        assertThat(summary.hostsStale()).isZero();
        assertThat(sample(at(1), "segmentation_node_last_report_timestamp_seconds", "host-a"))
                .hasValue(T0.getEpochSecond());
    }

    @Test
    void knowsAHostThatSentNoMetricsYetAndCallsItStaleWhenNoneCome() {
        fleet.report(capabilities("host-a", at(0)), at(0));
        TelemetrySummary summary = fleet.summary(at(1));
        assertThat(summary.hosts()).isEqualTo(1);
        assertThat(summary.perHost()).singleElement().satisfies(row -> {
            assertThat(row.lastReport()).isEqualTo(at(0));
            assertThat(row.stale()).isTrue();
        });
        fleet.report(report("host-a", 1), at(2));
        assertThat(fleet.summary(at(3)).hostsStale()).isZero();
    }

    @Test
    void forgetsAHostThatWasSilentForAnHourAndItsSeries() {
        fleet.report(report("host-a", 10, hit("p", 1, "r", 5)), at(0));
        fleet.report(capabilities("host-a", at(0)), at(0));
        fleet.report(report("host-b", 20), at(3_000));
        assertThat(fleet.summary(at(3_600)).hosts()).isEqualTo(2);
        assertThat(fleet.summary(at(3_601)).hosts()).as("before anybody tidied").isEqualTo(1);
        fleet.tidy(at(3_601));
        TelemetrySummary summary = fleet.summary(at(3_601));
        assertThat(summary.packetsTotal()).isEqualTo(20);
        assertThat(summary.topRules()).as("only what hosts hold now").isEmpty();
        assertThat(fleet.families(at(3_601)))
                .allSatisfy(family -> assertThat(family.samples())
                        .noneMatch(sample -> sample.labels().contains("host-a")));
    }

    @Test
    void ignoresMetricsThatAreSeenAgainOrOutOfOrder() {
        fleet.report(report("host-a", 10, hit("p", 1, "r", 5)), at(0));
        fleet.report(report("host-a", 20, hit("p", 1, "r", 8)), at(10));
        fleet.report(report("host-a", 20, hit("p", 1, "r", 8)), at(10));
        fleet.report(report("host-a", 10, hit("p", 1, "r", 5)), at(0));
        assertThat(fleet.summary(at(11)).packetsTotal()).isEqualTo(20);
        assertThat(sample(at(11), HITS, "p", "r", "unknown")).hasValue(3);
    }

    @Test
    void saysThatSomethingChangedOnce() {
        fleet.takeChanged();
        assertThat(fleet.takeChanged()).isFalse();
        fleet.report(report("host-a", 10), at(0));
        assertThat(fleet.takeChanged()).isTrue();
        assertThat(fleet.takeChanged()).isFalse();
    }

    @Test
    void takesARevisionFromWhicheverWordOfTheHostIsTheLatest() {
        Instant told = Instant.parse("2026-03-02T09:16:00.000912Z"); // of the example's metrics
        fleet.report(report("host-a", 10, node -> node.put("revision", 41)), at(0));
        fleet.updated(applied("host-a", "web-db", 1L, 42, told.plusMillis(5)));
        assertThat(sample(at(1), "segmentation_node_policy_revision", "host-a")).hasValue(42);
        fleet.report(report("host-a", 11, node -> node.put("revision", 41)), at(2)); // measured before it was applied
        assertThat(sample(at(2), "segmentation_node_policy_revision", "host-a")).hasValue(42);
        fleet.report(
                report(
                        "host-a",
                        12,
                        node -> node.put("revision", 43)
                                .put("timestamp", told.plusSeconds(10).toString())),
                at(12));
        assertThat(fleet.summary(at(13)).perHost().getFirst().revision()).isEqualTo(43);
    }

    @Test
    void aClockThatIsSetBackDoesNotHideWhatTheHostSaysThen() {
        Instant fast = at(3_600);
        fleet.report(report("host-a", 10, node -> node.put("timestamp", fast.toString())), at(0));
        fleet.updated(applied("host-a", "web-db", 1L, 42, fast));
        fleet.report(
                report("host-a", 11, node -> node.put("revision", 43).put("timestamp", at(10).toString())), at(10));
        assertThat(fleet.summary(at(10)).perHost()).singleElement().satisfies(row -> {
            assertThat(row.revision()).isEqualTo(43);
            assertThat(row.lastReport()).isEqualTo(at(10));
            assertThat(row.stale()).isFalse();
        });
    }

    @Test
    void doesNotTakeARefusedUpdateForAnAppliedOne() {
        fleet.report(report("host-a", 10), at(0));
        PolicyUpdate update = applied("host-a", "huge", 1L, 50, at(1));
        fleet.updated(new PolicyUpdate(
                update.hostId(),
                update.policyId(),
                update.action(),
                update.policyType(),
                update.version(),
                update.revision(),
                update.timestamp(),
                Map.of("result", "refused")));
        assertThat(sample(at(2), "segmentation_node_policy_revision", "host-a")).hasValue(42);
    }

    @Test
    void countsWhatIsAddedToARuleOverHostsVersionsAndRestarts() {
        fleet.stored(stored("web-db", 1, at(0)));
        fleet.stored(stored("web-db", 2, at(0)));
        fleet.report(report("host-a", 1_000, hit("web-db", 1, "deny-others", 100)), at(0));
        fleet.report(report("host-b", 1_000), at(0));
        assertThat(hits(1)).as("what was before nobody can date").isZero();
        fleet.report(report("host-a", 1_010, hit("web-db", 1, "deny-others", 107)), at(10));
        assertThat(hits(11)).isEqualTo(7);
        fleet.report(report("host-b", 1_005, hit("web-db", 1, "deny-others", 5)), at(12));
        assertThat(hits(13)).as("a row that a known host had not is new").isEqualTo(12);
        fleet.report(report("host-a", 1_020, hit("web-db", 2, "deny-others", 110)), at(20));
        assertThat(hits(21)).as("hosts count on under a new version").isEqualTo(15);
        fleet.report(report("host-a", 1_021), at(30));
        fleet.report(report("host-a", 1_022, hit("web-db", 2, "deny-others", 110)), at(40));
        assertThat(hits(41)).as("a row that was left out for once").isEqualTo(15);
        fleet.report(report("host-a", 4, hit("web-db", 2, "deny-others", 2)), at(50));
        assertThat(hits(51)).as("the host began again at zero").isEqualTo(17);
        fleet.report(report("host-a", 9, hit("web-db", 2, "deny-others", 1)), at(60));
        assertThat(hits(61)).as("the rule alone began again").isEqualTo(18);
    }

    private double hits(double now) {
        return sample(at(now), HITS, "web-db", "deny-others", "dropped").orElseThrow();
    }

    @Test
    void ranksRulesByThePacketsThatHostsHoldNow() {
        fleet.report(report("host-a", 10, hit("p", 1, "r", 5), hit("p", 1, "s", 50)), at(0));
        fleet.report(report("host-b", 10, hit("p", 1, "r", 60)), at(0));
        assertThat(fleet.summary(at(1)).topRules())
                .extracting(top -> top.ruleId() + " " + top.policyVersion() + " " + top.packets())
                .containsExactly("r 1 65", "s 1 50");
        fleet.report(report("host-a", 20, hit("p", 2, "r", 6)), at(10));
        assertThat(fleet.summary(at(11)).topRules())
                .extracting(top -> top.ruleId() + " " + top.policyVersion() + " " + top.packets())
                .containsExactly("r 1 60", "r 2 6");
    }

    @Test
    void showsTheRulesOfEveryPolicyInUseBeforeTheirFirstHit() {
        fleet.stored(stored("web-db", 1, at(0)));
        fleet.tidy(at(1));
        assertThat(sample(at(1), HITS, "web-db", "allow-api", "allowed")).hasValue(0);
        assertThat(sample(at(1), HITS, "web-db", "deny-others", "dropped")).hasValue(0);
        assertThat(sample(at(1), "segmentation_rule_last_hit_timestamp_seconds", "web-db", "allow-api"))
                .isEmpty();
        fleet.stored(deleted("web-db", 2, at(10)));
        fleet.tidy(at(10 + 3_601));
        assertThat(sample(at(4_000), HITS, "web-db", "allow-api", "allowed")).isEmpty();
    }

    @Test
    void passesOnAHostsCountersAndLetsThemFallWithItsKernel() {
        fleet.report(report("host-b", 100), at(0));
        assertThat(sample(at(1), "segmentation_packets_total", "host-b", "tc_ingress", "allowed"))
                .hasValue(12040);
        assertThat(sample(at(1), "segmentation_bytes_total", "host-b", "tc_ingress", "dropped"))
                .hasValue(1776);
        assertThat(sample(at(1), "segmentation_drops_total", "host-b", "RULE_DENY"))
                .hasValue(24);
        assertThat(sample(at(1), "segmentation_connections_total", "host-b", "connect", "dropped"))
                .hasValue(0);
        assertThat(sample(at(1), "segmentation_table_bytes", "host-b")).hasValue(704);
        assertThat(sample(at(1), "segmentation_map_entries", "host-b", "conntrack"))
                .hasValue(31);
        assertThat(sample(at(1), "segmentation_map_capacity", "host-b", "opening"))
                .hasValue(32_768);
        assertThat(sample(at(1), "segmentation_table_capacity_bytes", "host-b")).hasValue(16_777_216);
        fleet.report(
                report("host-b", 5, node -> {
                    node.putArray("verdicts")
                            .addObject()
                            .put("hook", "tc_ingress")
                            .put("verdict", "allowed")
                            .put("packets", 5)
                            .put("bytes", 300);
                    node.putObject("drops");
                }),
                at(10));
        assertThat(sample(at(11), "segmentation_packets_total", "host-b", "tc_ingress", "allowed"))
                .hasValue(5);
        assertThat(sample(at(11), "segmentation_drops_total", "host-b", "RULE_DENY"))
                .isEmpty();
    }

    @Test
    void keepsLostEventsWhenOnlyTheAgentRestarts() {
        String lost = "segmentation_ringbuf_lost_events_total";
        fleet.report(report("host-b", 100, node -> node.put("events_lost", 50)), at(0));
        fleet.report(
                report("host-b", 200, node -> node.put("events_lost", 30)), at(10)); // the agent's own part is gone
        assertThat(sample(at(11), lost, "host-b")).hasValue(50);
        fleet.report(report("host-b", 300, node -> node.put("events_lost", 34)), at(20));
        assertThat(sample(at(21), lost, "host-b")).hasValue(54);
        fleet.report(report("host-b", 3, node -> node.put("events_lost", 1)), at(30)); // the host restarted
        assertThat(sample(at(31), lost, "host-b")).hasValue(1);
    }

    @Test
    void makesOneSeriesOfRowsThatAHostNamesTwiceOrInWordsOfItsOwn() {
        fleet.report(
                report("host-b", 100, node -> {
                    node.putObject("drops")
                            .put("RULE_DENY", 1)
                            .put("192.0.2.1", 2)
                            .put("/etc/passwd", 3);
                    for (int i = 0; i < 2; i++) {
                        node.withArray("verdicts")
                                .addObject()
                                .put("hook", "connect4")
                                .put("verdict", "dropped")
                                .put("packets", 9)
                                .put("bytes", 9);
                    }
                    node.withArray("verdicts")
                            .addObject()
                            .put("hook", "tc_egress")
                            .put("verdict", "allowed")
                            .put("packets", 3)
                            .put("bytes", 1);
                }),
                at(0));
        assertThat(sample(at(1), "segmentation_packets_total", "host-b", "tc_egress", "allowed"))
                .hasValue(6147 + 3);
        assertThat(sample(at(1), "segmentation_packets_total", "host-b", "connect4", "dropped"))
                .as("a connect is no packet")
                .isEmpty();
        assertThat(sample(at(1), "segmentation_drops_total", "host-b", "OTHER")).hasValue(5);
        assertThat(fleet.families(at(1)))
                .allSatisfy(family -> assertThat(family.samples())
                        .extracting(Family.Sample::labels)
                        .doesNotHaveDuplicates());
    }

    @Test
    void tellsHowHooksAreAttached() {
        fleet.report(capabilities("host-b", at(0)), at(0));
        assertThat(sample(at(1), "segmentation_programs", "host-b", "tc_ingress", "tcx"))
                .hasValue(1);
        assertThat(sample(at(1), "segmentation_programs", "host-b", "xdp", "off"))
                .hasValue(1);
        fleet.report(capabilities("host-b", at(-100)), at(5)); // an older one, told again
        assertThat(sample(at(6), "segmentation_programs", "host-b", "connect4", "cgroup"))
                .hasValue(1);
    }

    @Test
    void measuresFromTheStoreToTheHost() {
        fleet.report(report("host-b", 1), at(0));
        fleet.stored(stored("web-db", 1, at(10)));
        assertThat(fleet.updated(applied("host-b", "web-db", 1L, 1, at(10.012))))
                .containsExactly(Duration.ofMillis(12));
    }

    @Test
    void boundsTheRowsOfHostsAndShowsTheStaleOnesOfTooMany() {
        for (int i = 0; i < Summary.MAX_HOSTS + 5; i++) {
            fleet.report(report("host-%05d".formatted(i), 1), at(i == Summary.MAX_HOSTS + 4 ? 0 : 100));
        }
        TelemetrySummary summary = fleet.summary(at(101));
        assertThat(summary.hosts()).isEqualTo(Summary.MAX_HOSTS + 5);
        assertThat(summary.hostsStale()).isEqualTo(1);
        assertThat(summary.perHost()).hasSize(Summary.MAX_HOSTS);
        assertThat(summary.perHost().getLast().stale()).isTrue();
        assertThat(summary.perHost())
                .isSortedAccordingTo(
                        (a, b) -> a.hostId().value().compareTo(b.hostId().value()));
    }

    @Test
    void staysAtTheLargestNumberWhenHostsTellNonsense() {
        for (String host : List.of("host-a", "host-b")) {
            fleet.report(report(host, Long.MAX_VALUE - 1, new MetricsReport.RuleHit[0]), at(0));
        }
        assertThat(fleet.summary(at(1)).packetsTotal()).isEqualTo(Long.MAX_VALUE);
    }
}
