package io.aegisflux.segmentation.policy.domain;

import static io.aegisflux.segmentation.policy.domain.Documents.policy;
import static io.aegisflux.segmentation.policy.domain.Documents.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.FlowEvent;
import io.aegisflux.segmentation.contracts.Hook;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.PolicyExplanation;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventExplanationTest {
    private static final Instant NOW = Instant.parse("2026-03-02T10:00:00Z");
    private static final CapabilityReport HOST =
            Documents.report("host-b", Map.of(), List.of("10.0.0.9", "fd77::9", "10.0.0.10"), List.of());

    /** Of the allow list web, version 2, which allows TCP to port 443. */
    private final World world = of("web", 2, policy("web", 443));

    @Test
    void thatIsDecidedAsThenSaysSo() {
        PolicyExplanation explained = explain(event(Reason.DEFAULT_DENY, Verdict.DROPPED, "web", 2L, "default-action"));

        assertThat(explained.decision().action()).isEqualTo(Action.DENY);
        assertThat(explained.recorded().difference()).isNull();
        assertThat(explained.recorded().gaps()).isEmpty();
        assertThat(explained.recorded().packet())
                .isEqualTo(new PacketTuple(
                        Direction.INGRESS, "10.0.0.1", "10.0.0.9", 6, 40_912, 5432, null, null, "eth0"));
    }

    @Test
    void namesTheVersionsThatDecidedThenAndNow() {
        assertThat(explain(event(Reason.DEFAULT_DENY, Verdict.DROPPED, "web", 1L, "default-action"))
                        .recorded()
                        .difference())
                .isEqualTo("decided by web@v1/default-action then (dropped, DEFAULT_DENY), by web@v2/default-action now"
                        + " (dropped, DEFAULT_DENY)");
        assertThat(explain(event(Reason.RULE_DENY, Verdict.DROPPED, "gone", 7L, "no-db"))
                        .recorded()
                        .difference())
                .startsWith("decided by gone@v7/no-db then (dropped, RULE_DENY), by web@v2/default-action now");
    }

    @Test
    void saysThatItWouldPassNow() {
        World open = of("web", 3, policy("web", 5432));
        assertThat(explain(open, event(Reason.DEFAULT_DENY, Verdict.DROPPED, "web", 2L, "default-action"))
                        .recorded()
                        .difference())
                .isEqualTo("decided by web@v2/default-action then (dropped, DEFAULT_DENY), by web@v3/allow-port now"
                        + " (allowed, RULE_ALLOW)");
        assertThat(explain(World.EMPTY, event(Reason.DEFAULT_DENY, Verdict.DROPPED, "web", 2L, "default-action"))
                        .recorded()
                        .difference())
                .endsWith("by no policy now (allowed, POSTURE)");
    }

    @Test
    void comparesWhatAnAuditPolicyWouldHaveDenied() {
        World audit =
                of("strict", 2, policy("strict", "\"mode\": \"audit\", \"default_action\": \"deny\",", rule("r", 443)));
        assertThat(explain(audit, event(Reason.AUDIT_WOULD_DENY, Verdict.AUDITED, "strict", 2L, "default-action"))
                        .recorded()
                        .difference())
                .isNull();
        assertThat(explain(event(Reason.AUDIT_WOULD_DENY, Verdict.AUDITED, "strict", 2L, "default-action"))
                        .recorded()
                        .difference())
                .startsWith("decided by strict@v2/default-action then (audited, AUDIT_WOULD_DENY), by web@v2");
    }

    @Test
    void comparesWhatALogRuleNoted() {
        World logging = of("notes", 4, policy("notes", "\"default_action\": \"none\",", """
                {"id": "note", "action": "log", "priority": 1, "conditions": [
                  {"field": "dest_port", "operator": "eq", "value": 5432}]}"""));
        assertThat(explain(logging, event(Reason.RULE_LOG, Verdict.ALLOWED, "notes", 4L, "note"))
                        .recorded()
                        .difference())
                .isNull();
        assertThat(explain(logging, event(Reason.RULE_LOG, Verdict.ALLOWED, "notes", 3L, "note"))
                        .recorded()
                        .difference())
                .isEqualTo("noted by notes@v3/note then (allowed, RULE_LOG), by notes@v4/note now (allowed, RULE_LOG)");
        assertThat(explain(World.EMPTY, event(Reason.RULE_LOG, Verdict.ALLOWED, "notes", 3L, "note"))
                        .recorded()
                        .difference())
                .endsWith("by no policy now (allowed, POSTURE)");
    }

    @Test
    void aUsedUpRateIsNoDifferenceButSaidToBeUnknown() {
        World limiting = of("limits", 1, policy("limits", "\"default_action\": \"none\",", """
                {"id": "few", "action": "rate_limit", "priority": 1, "rate_limit": {"per_second": 1}, "conditions": [
                  {"field": "dest_port", "operator": "eq", "value": 5432}]}"""));
        PolicyExplanation explained =
                explain(limiting, event(Reason.RATE_LIMITED, Verdict.DROPPED, "limits", 1L, "few"));
        assertThat(explained.decision().reason()).isEqualTo(Reason.RULE_ALLOW);
        assertThat(explained.recorded().difference()).isNull();
        assertThat(explained.recorded().gaps()).singleElement().asString().startsWith("rate: ");
    }

    @Test
    void ofAConnectHookSaysWhatIsTakenForWhatItDoesNotKnow() {
        PolicyExplanation explained = explain(connect(Hook.CONNECT4, "198.18.2.20"));
        assertThat(explained.recorded().packet().sourceIp()).isEqualTo("10.0.0.9");
        assertThat(explained.recorded().packet().sourcePort()).isEqualTo(40_000);
        assertThat(explained.recorded().gaps())
                .containsExactly(
                        "source_ip: connect4 does not know it; 10.0.0.9 is taken, the first of the host's 2 addresses",
                        "source_port: connect4 does not know it; 40000 is taken",
                        "interface: connect4 does not know it; conditions on interfaces do not match");
        assertThat(explain(connect(Hook.CONNECT6, "fd77::20")).recorded().gaps().getFirst())
                .isEqualTo("source_ip: connect6 does not know it; fd77::9 is taken, the host's address");
        CapabilityReport nameless = Documents.report("host-b");
        assertThat(EventPacket.of(connect(Hook.CONNECT6, "fd77::20"), nameless)
                        .gaps()
                        .getFirst())
                .isEqualTo("source_ip: connect6 does not know it; :: is taken, as the host has reported no address");
    }

    @Test
    void ofAFrameThatCouldNotBeParsedAsksNoRule() {
        PolicyExplanation explained = explain(new FlowEvent(
                "x",
                new HostId("host-b"),
                FlowEvent.PACKET_DROPPED,
                null,
                null,
                null,
                Reason.MALFORMED,
                Verdict.DROPPED,
                Direction.INGRESS,
                Hook.TC_INGRESS,
                null,
                null,
                0,
                0,
                "0",
                "eth0",
                1,
                1,
                0,
                1,
                NOW,
                Map.of()));
        assertThat(explained.recorded().packet()).isNull();
        assertThat(explained.recorded().difference()).isNull();
        assertThat(explained.recorded().gaps())
                .containsExactly("packet: the frame could not be parsed (MALFORMED), so no rule is asked about it");
        assertThat(explained.decision().action()).isEqualTo(Action.DENY);
        assertThat(explained.decision().reason()).isEqualTo(Reason.MALFORMED);
        assertThat(explained.policies()).isEmpty();
    }

    @Test
    void ofIcmpAndOfALaterFragmentSaysWhatTheEventDoesNotTell() {
        PolicyExplanation ping = explain(event("icmp", 0, 0));
        assertThat(ping.recorded().packet().icmpType()).isEqualTo(8);
        assertThat(ping.recorded().gaps())
                .containsExactly(
                        "icmp_type, icmp_code: an event does not tell them; those of an echo request, 8 and 0, are taken");
        PolicyExplanation fragment = explain(event("udp", 0, 0));
        assertThat(fragment.recorded().packet().destPort()).isNull();
        assertThat(fragment.recorded().gaps())
                .containsExactly("source_port, dest_port: the event has none, as of a later fragment");
    }

    @Test
    void thatNoAgentMakesIsRefused() {
        assertThatThrownBy(() -> explain(event("no such protocol", 1, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the event's protocol is unknown");
        assertThatThrownBy(() -> explain(new FlowEvent(
                        "x",
                        new HostId("host-b"),
                        FlowEvent.PACKET_DROPPED,
                        null,
                        null,
                        null,
                        Reason.POSTURE,
                        Verdict.DROPPED,
                        Direction.INGRESS,
                        Hook.TC_INGRESS,
                        null,
                        "10.0.0.9",
                        1,
                        1,
                        "tcp",
                        "eth0",
                        1,
                        1,
                        0,
                        1,
                        NOW,
                        Map.of())))
                .hasMessage("the event has no source_ip");
    }

    private PolicyExplanation explain(FlowEvent event) {
        return explain(world, event);
    }

    private static PolicyExplanation explain(World world, FlowEvent event) {
        return Explanations.of(world, HOST, event, DesiredRecord.NONE, Optional.empty(), NOW);
    }

    private static World of(String id, long version, byte[] document) {
        return World.EMPTY
                .with(PolicyBook.EMPTY.with(Documents.stored(id, version, document, version, NOW), version))
                .with(HostBook.EMPTY.with(HOST, 1));
    }

    private static FlowEvent event(Reason reason, Verdict verdict, String policy, Long version, String rule) {
        return new FlowEvent(
                "x",
                new HostId("host-b"),
                verdict == Verdict.DROPPED ? FlowEvent.PACKET_DROPPED : FlowEvent.PACKET_ALLOWED,
                new PolicyId(policy),
                version,
                rule,
                reason,
                verdict,
                Direction.INGRESS,
                Hook.TC_INGRESS,
                "10.0.0.1",
                "10.0.0.9",
                40_912,
                5432,
                "tcp",
                "eth0",
                1,
                1,
                0,
                1,
                NOW,
                Map.of());
    }

    private static FlowEvent event(String protocol, int sourcePort, int destPort) {
        return new FlowEvent(
                "x",
                new HostId("host-b"),
                FlowEvent.PACKET_DROPPED,
                new PolicyId("web"),
                2L,
                "default-action",
                Reason.DEFAULT_DENY,
                Verdict.DROPPED,
                Direction.INGRESS,
                Hook.TC_INGRESS,
                "10.0.0.1",
                "10.0.0.9",
                sourcePort,
                destPort,
                protocol,
                "eth0",
                1,
                1,
                0,
                1,
                NOW,
                Map.of());
    }

    private static FlowEvent connect(Hook hook, String to) {
        return new FlowEvent(
                "x",
                new HostId("host-b"),
                FlowEvent.CONNECTION_BLOCKED,
                new PolicyId("web"),
                2L,
                "default-action",
                Reason.DEFAULT_DENY,
                Verdict.DROPPED,
                Direction.EGRESS,
                hook,
                null,
                to,
                0,
                23,
                "tcp",
                null,
                1,
                1,
                0,
                1,
                NOW,
                Map.of("pid", 4711));
    }
}
