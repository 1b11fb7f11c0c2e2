package io.aegisflux.segmentation.engine.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.PacketTuple;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables that are cut into many leaves and parts; small ones are LoweringEqualsNaiveReadingTest's. */
class RuleIndexTest {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final int FLOWS = 5_000;

    @ParameterizedTest
    @CsvSource({"9,4", "100,4", "1000,4", "5000,4", "30000,4", "100,6", "1000,6", "5000,6"})
    void judgesEveryFlowAsALookAtEveryRuleDoes(int rules, int ipVersion) {
        AccessList list = new AccessList(rules, ipVersion, rules);
        Evaluator indexed = Evaluator.forMany(list.table());
        Evaluator scanning = Evaluator.forFew(list.table());
        int decided = 0;
        for (int i = 0; i < FLOWS; i++) {
            PacketTuple flow = list.flow();
            Judgement wanted = scanning.judge(flow, NOW);
            assertThat(indexed.judge(flow, NOW)).as(flow.toString()).isEqualTo(wanted);
            decided += wanted.rule() == Judgement.NONE ? 0 : 1;
        }
        assertThat(decided).as("flows that a rule decided").isGreaterThan(FLOWS / 4);
    }
}
