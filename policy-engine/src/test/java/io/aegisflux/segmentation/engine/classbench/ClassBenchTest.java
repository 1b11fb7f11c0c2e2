package io.aegisflux.segmentation.engine.classbench;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.engine.evaluation.Evaluator;
import io.aegisflux.segmentation.engine.evaluation.Judgement;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClassBenchTest {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

    @ParameterizedTest
    @EnumSource
    void makesTheSameTableAndFlowsAgain(Profile profile) {
        RuleTable table = ClassBench.table(profile, 1_000, 6, 7);

        assertThat(ClassBench.table(profile, 1_000, 6, 7)).isEqualTo(table);
        assertThat(ClassBench.table(profile, 1_000, 6, 9)).isNotEqualTo(table);
        assertThat(flows(table, 6)).containsExactlyElementsOf(flows(table, 6));
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void makesAHundredThousandDistinctRules(int ipVersion) {
        for (Profile profile : Profile.values()) {
            List<TableRule> rules =
                    ClassBench.table(profile, 100_000, ipVersion, 1).rules();

            assertThat(rules).hasSize(100_000);
            assertThat(rules.stream().map(ClassBenchTest::matched).distinct()).hasSize(100_000);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void keepsTheCharacterOfEachProfile(int ipVersion) {
        double[] anywhere = shares(ipVersion, rule -> rule.sources() == null || rule.destinations() == null);
        double[] sourcePorts = shares(ipVersion, rule -> rule.sourcePorts() != null);
        double[] protocols = shares(ipVersion, rule -> rule.protocols() == null || rule.icmpTypes() != null);

        assertThat(anywhere[Profile.FW.ordinal()]).isGreaterThan(0.5);
        assertThat(anywhere[Profile.ACL.ordinal()]).isLessThan(0.1);
        assertThat(sourcePorts[Profile.FW.ordinal()]).isGreaterThan(3 * sourcePorts[Profile.ACL.ordinal()]);
        assertThat(protocols[Profile.IPC.ordinal()]).isGreaterThan(1.5 * protocols[Profile.ACL.ordinal()]);
    }

    @ParameterizedTest
    @EnumSource
    void makesFlowsThatMeetMoreThanOneRule(Profile profile) {
        RuleTable table = ClassBench.table(profile, 1_000, 4, 1);
        Evaluator evaluator = Evaluator.forMany(table);
        List<Judgement> judgements = flows(table, 4).stream()
                .map(flow -> evaluator.judge(flow, NOW))
                .filter(judgement -> judgement.rule() != Judgement.NONE)
                .toList();

        assertThat(judgements).hasSizeGreaterThan(300);
        assertThat(judgements.stream().map(Judgement::rule).distinct()).hasSizeGreaterThan(150);
        assertThat(judgements).anyMatch(judgement -> !judgement.passed().isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void endsInADefaultRuleForEverySecondSeed(Profile profile) {
        assertThat(ClassBench.table(profile, 10, 4, 2).rules().getLast().isDefault())
                .isTrue();
        assertThat(ClassBench.table(profile, 10, 4, 3).rules()).noneMatch(TableRule::isDefault);
        assertThat(ClassBench.table(profile, 0, 4, 2).rules()).isEmpty();
    }

    private static List<PacketTuple> flows(RuleTable table, int ipVersion) {
        return Stream.generate(new Trace(table, ipVersion, 1)::next)
                .limit(1_000)
                .toList();
    }

    /** By profile, of 10,000 rules. */
    private static double[] shares(int ipVersion, Predicate<TableRule> what) {
        return Arrays.stream(Profile.values())
                .map(profile -> ClassBench.table(profile, 10_000, ipVersion, 1).rules())
                .mapToDouble(rules -> rules.stream().filter(what).count() / 10_000.0)
                .toArray();
    }

    private static List<Object> matched(TableRule rule) {
        return Arrays.asList(
                rule.protocols(),
                rule.sources(),
                rule.destinations(),
                rule.sourcePorts(),
                rule.destPorts(),
                rule.icmpTypes());
    }
}
