package io.aegisflux.segmentation.engine.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.engine.classbench.ClassBench;
import io.aegisflux.segmentation.engine.classbench.Profile;
import io.aegisflux.segmentation.engine.classbench.Trace;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables that are cut into many leaves and parts; small ones are LoweringEqualsNaiveReadingTest's. */
class RuleIndexTest {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final int FLOWS = 5_000;
    private static final int LOOKS = 30_000_000; // of the slow one at rules

    @ParameterizedTest
    @CsvSource({
        "ACL,9,4",
        "ACL,1000,4",
        "ACL,30000,4",
        "ACL,5000,6",
        "FW,100,4",
        "FW,5000,4",
        "FW,1000,6",
        "IPC,100,6",
        "IPC,1000,4",
        "IPC,5000,6",
        "IPC,30000,4"
    })
    void judgesEveryFlowAsALookAtEveryRuleDoes(Profile profile, int rules, int ipVersion) {
        RuleTable table = ClassBench.table(profile, rules, ipVersion, rules + 1);
        Trace trace = new Trace(table, ipVersion, rules);
        Evaluator indexed = Evaluator.forMany(table);
        Evaluator scanning = Evaluator.forFew(table);
        int flows = Math.min(FLOWS, LOOKS / rules);
        int decided = 0;
        for (int i = 0; i < flows; i++) {
            PacketTuple flow = trace.next();
            Judgement wanted = scanning.judge(flow, NOW);
            assertThat(indexed.judge(flow, NOW)).as(flow.toString()).isEqualTo(wanted);
            decided += wanted.rule() == Judgement.NONE ? 0 : 1;
        }
        assertThat(decided).as("flows that a rule decided").isGreaterThan(flows / 4);
    }
}
