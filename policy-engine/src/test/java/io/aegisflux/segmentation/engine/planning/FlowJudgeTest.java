package io.aegisflux.segmentation.engine.planning;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Decision;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.FlowRecord;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyPlan.Doubt;
import io.aegisflux.segmentation.contracts.PolicyPlan.Total;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.Verdict;
import io.aegisflux.segmentation.engine.Documents;
import io.aegisflux.segmentation.engine.lowering.HostView;
import io.aegisflux.segmentation.engine.lowering.Lowering;
import io.aegisflux.segmentation.engine.lowering.VersionedPolicy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FlowJudgeTest {
    private static final Instant NOW = Instant.parse("2026-03-02T12:00:00Z");
    private static final HostId HOST = new HostId("host");

    private static FlowJudge judge(String rules) {
        return new FlowJudge(table(rules));
    }

    private static RuleTable table(String rules) {
        var policy = Documents.accepted("""
                {"id": "p", "name": "p", "type": "network", "priority": 1, "direction": "both", "default_action": "none",
                 "rules": [%s]}""".formatted(rules));
        return Lowering.lower(
                List.of(new VersionedPolicy(policy, 1, "0".repeat(64))),
                new HostView(HOST, Map.of(), Action.ALLOW),
                List.of());
    }

    private static String deny(String conditions) {
        return "{\"id\": \"no\", \"action\": \"deny\", \"priority\": 1, \"conditions\": [%s]}".formatted(conditions);
    }

    private static FlowRecord flow(
            String source, Integer sourcePort, String protocol, Integer destPort, Integer icmpType) {
        return new FlowRecord(
                Direction.EGRESS,
                source,
                sourcePort,
                "10.0.0.9",
                destPort,
                protocol,
                icmpType,
                icmpType == null ? null : 0,
                "eth0",
                Verdict.ALLOWED,
                Reason.POSTURE,
                null,
                null,
                null,
                1,
                NOW);
    }

    private static Action judged(FlowVerdict verdict) {
        assertThat(verdict).isInstanceOf(FlowVerdict.Judged.class);
        Decision decision = ((FlowVerdict.Judged) verdict).decision();
        return decision.action();
    }

    private static Doubt doubt(FlowVerdict verdict) {
        assertThat(verdict).isInstanceOf(FlowVerdict.Doubtful.class);
        return ((FlowVerdict.Doubtful) verdict).doubt();
    }

    @Test
    void judgesByTheTable() {
        FlowJudge judge = judge(deny("{\"field\": \"dest_port\", \"operator\": \"eq\", \"value\": 80}"));
        assertThat(judged(judge.judge(flow("10.0.0.1", null, "tcp", 80, null), List.of(), NOW)))
                .isEqualTo(Action.DENY);
        assertThat(judged(judge.judge(flow("10.0.0.1", null, "tcp", 81, null), List.of(), NOW)))
                .isEqualTo(Action.ALLOW);
        assertThat(judged(judge.judge(flow("10.0.0.1", null, "icmp", null, 8), List.of(), NOW)))
                .isEqualTo(Action.ALLOW);
    }

    @Test
    void doubtsWhereRulesTellChosenSourcePortsApart() {
        FlowJudge judge = judge(deny("{\"field\": \"source_port\", \"operator\": \"eq\", \"value\": 5353}"));
        assertThat(doubt(judge.judge(flow("10.0.0.1", null, "udp", 53, null), List.of(), NOW)))
                .isEqualTo(Doubt.SOURCE_PORT_UNKNOWN);
        assertThat(judged(judge.judge(flow("10.0.0.1", 123, "udp", 123, null), List.of(), NOW)))
                .isEqualTo(Action.ALLOW);
    }

    @Test
    void doesNotDoubtWhereTheyDoNotMatter() {
        FlowJudge below = judge(deny("{\"field\": \"source_port\", \"operator\": \"lt\", \"value\": 1024}"));
        assertThat(judged(below.judge(flow("10.0.0.1", null, "udp", 53, null), List.of(), NOW)))
                .isEqualTo(Action.ALLOW);
        assertThat(judged(below.judge(flow("10.0.0.1", 123, "udp", 123, null), List.of(), NOW)))
                .isEqualTo(Action.DENY);
        FlowJudge all = judge(deny("{\"field\": \"source_port\", \"operator\": \"gte\", \"value\": 1024}"));
        assertThat(judged(all.judge(flow("10.0.0.1", null, "udp", 53, null), List.of(), NOW)))
                .isEqualTo(Action.DENY);
        FlowJudge last = judge(deny("{\"field\": \"source_port\", \"operator\": \"eq\", \"value\": 65535}"));
        assertThat(doubt(last.judge(flow("10.0.0.1", null, "udp", 53, null), List.of(), NOW)))
                .isEqualTo(Doubt.SOURCE_PORT_UNKNOWN);
    }

    @Test
    void triesTheHostsOwnAddressesWhereTheSourceIsNotRecorded() {
        FlowJudge judge = judge(deny("{\"field\": \"source_ip\", \"operator\": \"eq\", \"value\": \"10.0.0.1\"}"));
        FlowRecord flow = flow(null, null, "tcp", 80, null);
        assertThat(doubt(judge.judge(flow, List.of(), NOW))).isEqualTo(Doubt.SOURCE_UNKNOWN);
        assertThat(doubt(judge.judge(flow, List.of("fd00::1"), NOW))).isEqualTo(Doubt.SOURCE_UNKNOWN);
        assertThat(judged(judge.judge(flow, List.of("10.0.0.1", "fd00::1"), NOW)))
                .isEqualTo(Action.DENY);
        assertThat(doubt(judge.judge(flow, List.of("10.0.0.1", "10.0.0.2"), NOW)))
                .isEqualTo(Doubt.SOURCE_UNKNOWN);
        assertThat(judged(judge.judge(flow, List.of("10.0.0.3", "10.0.0.2"), NOW)))
                .isEqualTo(Action.ALLOW);
    }

    @Test
    void doubtsWhatIsNoConnection() {
        FlowJudge judge = judge(deny(""));
        assertThat(doubt(judge.judge(flow("10.0.0.1", null, "tcp", null, null), List.of(), NOW)))
                .isEqualTo(Doubt.NOT_A_CONNECTION);
        assertThat(doubt(judge.judge(flow("10.0.0.1", null, "icmp", null, null), List.of(), NOW)))
                .isEqualTo(Doubt.NOT_A_CONNECTION);
    }

    @Test
    void addsUpTheRecordsOfAFlow() {
        RecordedFlows flows = new RecordedFlows();
        FlowRecord once = flow("10.0.0.1", null, "tcp", 80, null);
        flows.add(HOST, once);
        flows.add(HOST, once.with(4, NOW.plusSeconds(60)));
        flows.add(HOST, once.with(1, NOW.minusSeconds(60)));
        flows.add(new HostId("other"), once);
        assertThat(flows.total()).isEqualTo(new Total(2, 7));
        flows.forEach((host, flow) -> {
            if (host.equals(HOST)) {
                assertThat(flow.count()).isEqualTo(6);
                assertThat(flow.last()).isEqualTo(NOW.plusSeconds(60));
            }
        });
    }
}
