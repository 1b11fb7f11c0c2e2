package io.aegisflux.segmentation.telemetry.domain;

import static io.aegisflux.segmentation.telemetry.domain.Fixtures.at;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.family;
import static io.aegisflux.segmentation.telemetry.domain.Fixtures.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aegisflux.segmentation.contracts.PolicyId;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RuleSeriesTest {
    private static final String HITS = "segmentation_rule_hits_total";

    private static RuleKey rule(String policy, String id) {
        return new RuleKey(new RuleKey.Name(new PolicyId(policy), id), 1);
    }

    @Test
    void givesTheRulesWithMostTrafficSeriesAndSumsUpTheRest() {
        RuleSeries series = new RuleSeries(2);
        series.add(rule("p", "a"), "dropped", added(5, at(0)), at(0));
        series.add(rule("p", "b"), "dropped", added(4, at(0)), at(0));
        series.add(rule("p", "c"), "dropped", added(100, at(0)), at(0));
        series.add(rule("p", "d"), "allowed", added(1, at(0)), at(0));
        List<Family> before = series.families();
        assertThat(value(before, HITS, "p", "a", "dropped")).hasValue(5);
        assertThat(value(before, HITS, "p", "c", "dropped")).isEmpty();
        assertThat(value(before, HITS, "", "other", "dropped")).hasValue(100);
        assertThat(value(before, HITS, "", "other", "allowed")).hasValue(1);

        series.rank(at(10));
        series.add(rule("p", "c"), "dropped", added(7, at(11)), at(11));
        series.add(rule("p", "b"), "dropped", added(3, at(11)), at(11));
        List<Family> after = series.families();
        assertThat(value(after, HITS, "p", "c", "dropped"))
                .as("from when on it is shown; the hundred stay where they were")
                .hasValue(7);
        assertThat(value(after, HITS, "p", "b", "dropped")).isEmpty();
        assertThat(value(after, HITS, "", "other", "dropped")).hasValue(103);
    }

    @Test
    void neverExceedsTheLimitNeverFallsAndLosesNothing() {
        int max = 10;
        RuleSeries series = new RuleSeries(max);
        Random random = new Random(42);
        Map<List<String>, Double> seen = new HashMap<>();
        double added = 0;
        double grown = 0;
        for (int round = 0; round < 300; round++) {
            for (int i = 0; i < 20; i++) {
                int rule = (int) Math.abs(random.nextGaussian() * 40) + round / 10;
                int hits = random.nextInt(50);
                series.add(
                        rule("p" + rule % 7, "r" + rule),
                        rule % 2 == 0 ? "dropped" : "allowed",
                        added(hits, at(round)),
                        at(round));
                added += hits;
            }
            Family hits = family(series.families(), HITS);
            assertThat(hits.samples()).hasSizeLessThanOrEqualTo(max + 2);
            for (Family.Sample sample : hits.samples()) {
                double known = seen.getOrDefault(sample.labels(), 0.0);
                assertThat(sample.value()).isGreaterThanOrEqualTo(known);
                grown += sample.value() - known;
                seen.put(sample.labels(), sample.value());
            }
            if (round % 5 == 0) {
                series.rank(at(round));
            }
        }
        assertThat(grown).isEqualTo(added);
    }

    @Test
    void remembersNoMoreRulesThanItMust() {
        RuleSeries series = new RuleSeries(2);
        for (int i = 0; i < 1_000; i++) {
            series.add(rule("p", "r" + i), "dropped", added(1, at(0)), at(0));
        }
        assertThat(value(series.families(), HITS, "", "other", "dropped")).hasValue(998);
    }

    @Test
    void datesTheLastHitByTheReportThatToldOfIt() {
        RuleSeries series = new RuleSeries(10);
        series.add(rule("p", "a"), "dropped", added(0, at(0)), at(0));
        String last = "segmentation_rule_last_hit_timestamp_seconds";
        assertThat(value(series.families(), last, "p", "a")).isEmpty();
        series.add(rule("p", "a"), "dropped", added(3, at(10.5)), at(10.5));
        series.add(rule("p", "a"), "dropped", added(0, at(20)), at(20));
        assertThat(value(series.families(), last, "p", "a")).hasValue(at(10).getEpochSecond() + 0.5);
    }

    @Test
    void forgetsARuleThatNobodyNamedForAnHour() {
        RuleSeries series = new RuleSeries(1);
        series.add(rule("p", "old"), "dropped", added(9, at(0)), at(0));
        series.add(rule("p", "new"), "dropped", added(1, at(100)), at(100));
        series.rank(at(3_601));
        series.add(rule("p", "new"), "dropped", added(2, at(3_602)), at(3_602));
        assertThat(family(series.families(), HITS).samples())
                .extracting(Family.Sample::labels)
                .containsExactlyInAnyOrder(List.of("p", "new", "dropped"), List.of("", "other", "dropped"));
    }

    @Test
    void waitsForTheStoreBeforeItSaysUnknown() {
        RuleSeries series = new RuleSeries(10);
        series.add(rule("p", "a"), PolicyCatalog.UNKNOWN, added(0, at(0)), at(0));
        assertThat(family(series.families(), HITS).samples()).isEmpty();
        series.add(rule("p", "a"), PolicyCatalog.UNKNOWN, added(2, at(0)), at(0));
        assertThat(value(series.families(), HITS, "p", "a", "unknown")).hasValue(2);
    }

    @Test
    void refusesALimitThatShowsNothing() {
        assertThatThrownBy(() -> new RuleSeries(0)).hasMessage("at least one rule is shown, not 0");
    }

    private static RuleRows.Added added(long packets, Instant at) {
        return packets == 0 ? RuleRows.Added.NOTHING : new RuleRows.Added(packets, at);
    }
}
