package io.aegisflux.segmentation.policy;

import static io.aegisflux.segmentation.policy.domain.Documents.large;
import static io.aegisflux.segmentation.policy.domain.Documents.policy;
import static io.aegisflux.segmentation.policy.domain.Documents.report;
import static io.aegisflux.segmentation.policy.domain.Documents.rule;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.LintCode;
import io.aegisflux.segmentation.contracts.LintFinding;
import io.aegisflux.segmentation.contracts.LintSeverity;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyApi.LintReply;
import io.aegisflux.segmentation.contracts.PolicyApi.LintRequest;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.contracts.Workload;
import io.nats.client.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** segmentation.api.policy.lint over the bus, with stored policies and reported hosts. */
class LintIT {
    private static final String SHADOWED = """
            {"id": "again", "action": "allow", "priority": 2, "conditions": [
              {"field": "protocol", "operator": "eq", "value": "tcp"},
              {"field": "dest_port", "operator": "eq", "value": 443}]}""";

    private static PolicyBench bench;

    @BeforeAll
    static void start() {
        bench = PolicyBench.start();
        bench.service();
        bench.report(new CapabilityReport(
                new HostId("db-1"),
                "x86_64",
                "6.18.5",
                true,
                Map.of(),
                Map.of("tc_ingress@eth0", "tcx", "tc_egress@eth0", "off: no", "connect4", "off", "connect6", "off"),
                Map.of("rules", 131_072L),
                Map.of(),
                List.of(),
                List.of(new Workload("api", Map.of("app", "api"), List.of("10.0.0.1"))),
                Action.ALLOW,
                Instant.now()));
        bench.publish("web", policy("web", "", rule("first", 443), SHADOWED));
        bench.publish("ssh", policy("ssh", 22));
        bench.awaitVersion("ssh", 1);
        bench.awaitDesired(
                "db-1",
                state -> state.table() != null && state.table().policies().size() == 2);
    }

    @AfterAll
    static void stop() {
        bench.close();
    }

    @Test
    void judgesTheStoreOrOnePolicyOfIt() {
        LintReply store = lint(new LintRequest(null, null));
        assertThat(store.findings())
                .extracting(LintFinding::code, LintFinding::policyId, LintFinding::ruleId)
                .containsExactly(tuple(LintCode.SHADOWED_RULE, new PolicyId("web"), "again"));
        assertThat(store)
                .returns(2, LintReply::policies)
                .returns(3, LintReply::rules)
                .returns(1, LintReply::hosts)
                .returns(1, LintReply::workloads);
        assertThat(lint(new LintRequest(null, new PolicyId("ssh"))))
                .isEqualTo(new LintReply(List.of(), 0, 1, 1, 0, 1, 1));
    }

    @Test
    void findsEachCodeInCandidatesAmongTheStored() {
        LintReply reply = lint(candidates(
                policy("ssh", "", """
                        {"id": "deny-web", "action": "deny", "priority": 1, "conditions": [
                          {"field": "dest_port", "operator": "eq", "value": 443}]}""", """
                        {"id": "https", "action": "allow", "priority": 7, "conditions": [
                          {"field": "protocol", "operator": "eq", "value": "tcp"},
                          {"field": "dest_port", "operator": "eq", "value": 443}]}""", """
                        {"id": "none", "action": "deny", "priority": 8, "conditions": [
                          {"field": "protocol", "operator": "eq", "value": "icmp"},
                          {"field": "dest_port", "operator": "eq", "value": 1}]}""", """
                        {"id": "label", "action": "deny", "priority": 9, "conditions": [
                          {"field": "source.label.app", "operator": "eq", "value": "old"}]}""", """
                        {"id": "past", "action": "deny", "priority": 9, "expires_at": "2020-01-01T00:00:00Z", "conditions": []}""", """
                        {"id": "interface", "action": "log", "priority": 0, "conditions": [
                          {"field": "interface", "operator": "eq", "value": "eth9"}]}""", """
                        {"id": "all", "action": "allow", "priority": 10, "conditions": []}"""),
                policy("out", "\"direction\": \"egress\",", rule("r", 25)),
                policy("elsewhere", "\"applies_to\": {\"hosts\": [\"web-*\"]},", rule("r", 81))));

        assertThat(reply.findings())
                .extracting(
                        LintFinding::code,
                        LintFinding::severity,
                        it -> it.policyId() + "/" + it.ruleId(),
                        LintFinding::path)
                .containsExactly(
                        tuple(LintCode.UNENFORCEABLE, LintSeverity.WARNING, "elsewhere/null", "/applies_to"),
                        tuple(LintCode.UNENFORCEABLE, LintSeverity.WARNING, "out/null", ""),
                        tuple(
                                LintCode.CONTRADICTORY_PRIORITY,
                                LintSeverity.WARNING,
                                "ssh/deny-web",
                                "/rules/0/priority"),
                        tuple(LintCode.SHADOWED_RULE, LintSeverity.WARNING, "ssh/https", "/rules/1"),
                        tuple(LintCode.EMPTY_RULE, LintSeverity.WARNING, "ssh/none", "/rules/2/conditions"),
                        tuple(LintCode.EXPIRED, LintSeverity.WARNING, "ssh/past", "/rules/4/expires_at"),
                        tuple(LintCode.UNENFORCEABLE, LintSeverity.WARNING, "ssh/interface", "/rules/5/conditions"),
                        tuple(LintCode.OVER_WIDE, LintSeverity.WARNING, "ssh/all", "/rules/6"),
                        tuple(LintCode.EMPTY_RULE, LintSeverity.INFO, "ssh/label", "/rules/3/conditions/0"));
        assertThat(reply.policies()).isEqualTo(3);
        assertThat(bench.versions("ssh")).as("nothing is stored").hasSize(1);
    }

    @Test
    void refusesCandidatesThatAPublishWouldRefuseAndNamesThem() {
        String tested = """
                "tests": [{"name": "t", "from": "10.0.0.1", "to": "10.0.0.2", "protocol": "tcp", "port": 22, "expect": "allow",
                  "direction": "ingress"}],""";
        ApiError error = error(Wire.write(candidates(
                policy("fine", 80), policy("a", 70_000), policy("b", tested, rule("r", 80)), policy("fine", 81))));

        assertThat(error.code()).isEqualTo(ApiError.INVALID_POLICY);
        assertThat(error.violations())
                .extracting(Violation::path)
                .containsExactly("/documents/1/rules/0/conditions/1/value", "/documents/2/tests/0", "/documents/3/id");
    }

    @Test
    void saysWhatIsNoRequest() {
        assertThat(error(Wire.write(new LintRequest(null, new PolicyId("never"))))
                        .code())
                .isEqualTo(ApiError.NOT_FOUND);
        for (String request : List.of("", "[]", "{\"documents\":[7]}", "{\"documents\":[{}],\"policy_id\":\"web\"}")) {
            assertThat(error(request.getBytes(UTF_8)).code()).as(request).isEqualTo(ApiError.INVALID_REQUEST);
        }
    }

    @Test
    void answersForAStoreOf10000RulesWithinSeconds() {
        try (PolicyBench large = PolicyBench.start()) {
            large.service();
            List<String> ids = List.of("a", "b", "c", "d", "e");
            ids.forEach(id -> large.publish(id, large(id, 2_000)));
            ids.forEach(id -> large.awaitVersion(id, 1));
            large.report(report("h"));
            large.awaitDesired("h", state -> state.revision() > 0);
            lint(large, new LintRequest(null, null));
            Instant begin = Instant.now();
            LintReply reply = lint(large, new LintRequest(null, null));
            Duration taken = Duration.between(begin, Instant.now());

            System.out.printf("lint of 10,000 rules over the bus: %d ms%n", taken.toMillis());
            assertThat(taken).isLessThan(Duration.ofSeconds(10));
            assertThat(reply)
                    .returns(10_000, LintReply::rules)
                    .returns(0, LintReply::rulesNotJudged)
                    .returns(LintReply.MOST, it -> it.findings().size())
                    .returns(8_000 - LintReply.MOST, LintReply::findingsOmitted);
        }
    }

    private static LintRequest candidates(byte[]... documents) {
        return new LintRequest(
                Stream.of(documents)
                        .map(document -> Wire.read(document, JsonNode.class))
                        .toList(),
                null);
    }

    private static LintReply lint(LintRequest request) {
        return lint(bench, request);
    }

    private static LintReply lint(PolicyBench at, LintRequest request) {
        Message reply = ask(at, Wire.write(request));
        assertThat(reply.hasHeaders())
                .as(() -> new String(reply.getData(), UTF_8))
                .isFalse();
        return Wire.read(reply.getData(), LintReply.class);
    }

    private static ApiError error(byte[] request) {
        Message reply = ask(bench, request);
        assertThat(reply.getHeaders().getFirst("Nats-Service-Error-Code")).isNotNull();
        return Wire.read(reply.getData(), ApiError.class);
    }

    private static Message ask(PolicyBench at, byte[] request) {
        return at.bus.request(Subjects.api(PolicyApi.SERVICE, PolicyApi.LINT), request);
    }
}
