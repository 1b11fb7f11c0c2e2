package io.aegisflux.segmentation.policy;

import static io.aegisflux.segmentation.policy.domain.Documents.policy;
import static io.aegisflux.segmentation.policy.domain.Documents.rule;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.Examples;
import io.aegisflux.segmentation.contracts.FlowRecord;
import io.aegisflux.segmentation.contracts.FlowRecords;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.PolicyPlan;
import io.aegisflux.segmentation.contracts.PolicyPlan.Change;
import io.aegisflux.segmentation.contracts.PolicyPlan.Doubt;
import io.aegisflux.segmentation.contracts.PolicyPlan.Row;
import io.aegisflux.segmentation.contracts.PolicyPlan.Total;
import io.aegisflux.segmentation.contracts.PolicyPlan.Unjudged;
import io.aegisflux.segmentation.contracts.PolicySuggestion;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.UnusedRules;
import io.aegisflux.segmentation.contracts.Verdict;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.policy.domain.Documents;
import io.nats.client.Message;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Plans over one set of records: host {@code db} was reached by the workloads web and api on two ports, {@code quiet}
 * recorded nothing, {@code gone} never reported.
 */
class PlanIT {
    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private static final Instant HOUR_AGO = NOW.minusSeconds(3600);
    private static PolicyBench bench;

    @BeforeAll
    static void start() {
        bench = PolicyBench.start();
        bench.service();
        bench.report(Documents.report(
                "db",
                Map.of(),
                List.of(
                        new Workload("web", Map.of("app", "web"), List.of("10.0.0.1")),
                        new Workload("api", Map.of("app", "api"), List.of("10.0.0.2")),
                        new Workload("store", Map.of("app", "db"), List.of("10.0.0.9")))));
        bench.report(Documents.report("quiet"));
        bench.publish("ports", policy("ports", "", rule("db", 5432), rule("old", 5433)));
        bench.awaitTold("quiet", "ports", 1);

        record("db", NOW.minusSeconds(600), flow("10.0.0.1", 5432, 3, 600), flow("10.0.0.2", 5432, 40, 610));
        record("db", NOW.minusSeconds(60), flow("10.0.0.1", 5432, 2, 60), flow("10.0.0.2", 80, 5, 61));
        record("db", NOW.minusSeconds(30), unknownSource(443));
        record("gone", NOW.minusSeconds(60), flow("10.0.0.1", 22, 1, 60));
        bench.bus.publish(Subjects.flows(new HostId("db")), "no record".getBytes(UTF_8), null);
        bench.bus.publish(
                Subjects.flows(new HostId("quiet")), Wire.write(records("db", NOW, flow("10.0.0.1", 7, 1, 0))), null);
    }

    @AfterAll
    static void stop() {
        bench.close();
    }

    private static FlowRecord flow(String source, int port, long count, int secondsAgo) {
        return new FlowRecord(
                Direction.INGRESS,
                source,
                null,
                "10.0.0.9",
                port,
                "tcp",
                null,
                null,
                "eth0",
                Verdict.ALLOWED,
                Reason.RULE_ALLOW,
                new PolicyId("ports"),
                1L,
                "db",
                count,
                NOW.minusSeconds(secondsAgo));
    }

    private static FlowRecord unknownSource(int port) {
        return new FlowRecord(
                Direction.EGRESS,
                null,
                null,
                "10.9.9.9",
                port,
                "tcp",
                null,
                null,
                null,
                Verdict.DROPPED,
                Reason.RULE_DENY,
                null,
                null,
                null,
                1,
                NOW.minusSeconds(30));
    }

    private static FlowRecords records(String host, Instant to, FlowRecord... flows) {
        return new FlowRecords(new HostId(host), to.minusSeconds(10), to, List.of(flows), 1, true);
    }

    private static void record(String host, Instant to, FlowRecord... flows) {
        bench.bus.publish(Subjects.flows(new HostId(host)), Wire.write(records(host, to, flows)), null);
    }

    private static PolicyPlan plan(Instant from, Instant to, byte[]... documents) {
        return Wire.read(ask(request(from, to, List.of(), documents)).getData(), PolicyPlan.class);
    }

    private static PolicyApi.PlanRequest request(
            Instant from, Instant to, List<PolicyId> deletions, byte[]... documents) {
        return new PolicyApi.PlanRequest(
                Arrays.stream(documents)
                        .map(it -> Wire.read(it, JsonNode.class))
                        .toList(),
                deletions,
                from,
                to,
                null);
    }

    private static Message ask(PolicyApi.PlanRequest request) {
        return bench.bus.request(Subjects.api(PolicyApi.SERVICE, PolicyApi.PLAN), Wire.write(request));
    }

    @Test
    void tellsWhatWouldNewlyBeBlockedAndAllowedAndByWhichRule() {
        PolicyPlan plan = plan(HOUR_AGO, null, policy("ports", "", rule("db-only-from-api", 80)));

        assertThat(plan.changes()).containsExactly(new Change(new PolicyId("ports"), "updated", 1));
        assertThat(plan.newlyBlocked().total()).isEqualTo(new Total(2, 45));
        assertThat(plan.newlyBlocked().rows())
                .extracting(Row::sourceName, Row::destName, Row::destPort, Row::count, Row::last)
                .containsExactly(
                        tuple("api", "store", 5432, 40L, NOW.minusSeconds(610)),
                        tuple("web", "store", 5432, 5L, NOW.minusSeconds(60)));
        Row first = plan.newlyBlocked().rows().getFirst();
        assertThat(first.now().ruleId()).isEqualTo("db");
        assertThat(first.then().ruleId()).isEqualTo("default-action");
        assertThat(first.then().policyVersion()).isEqualTo(2);
        assertThat(plan.newlyAllowed().rows()).singleElement().satisfies(row -> {
            assertThat(row.destPort()).isEqualTo(80);
            assertThat(row.now().reason()).isEqualTo(Reason.DEFAULT_DENY);
            assertThat(row.then().ruleId()).isEqualTo("db-only-from-api");
        });
        assertThat(plan.newlyAudited().rows()).isEmpty();
        assertThat(plan.unchanged()).isEqualTo(new Total(1, 1));
    }

    @Test
    void saysWhatItRestsOnAndWhatItCannotKnow() {
        PolicyPlan plan = plan(HOUR_AGO, null, policy("ports", "", rule("db", 80)));
        assertThat(plan.evidence().from()).isEqualTo(HOUR_AGO);
        assertThat(plan.evidence().recordedFrom()).isEqualTo(NOW.minusSeconds(610));
        assertThat(plan.evidence().hostsKnown()).isEqualTo(2);
        assertThat(plan.evidence().hostsHeard()).isEqualTo(1);
        assertThat(plan.evidence().silentHosts()).containsExactly(new HostId("quiet"));
        assertThat(plan.evidence().flows()).isEqualTo(new Total(5, 52));
        assertThat(plan.evidence().unjudged()).containsExactly(new Unjudged(Doubt.HOST_UNKNOWN, new Total(1, 1)));
        assertThat(plan.evidence().unrecorded()).isEqualTo(4);
        assertThat(plan.evidence().unreadable()).isEqualTo(2);

        PolicyPlan egress = plan(HOUR_AGO, null, policy("out", "\"direction\": \"egress\",", rule("web", 80)));
        assertThat(egress.evidence().unjudged())
                .as("nobody saw from which address, but the host has one alone")
                .containsExactly(new Unjudged(Doubt.HOST_UNKNOWN, new Total(1, 1)));
    }

    @Test
    void replaysTheWindowAlone() {
        byte[] candidate = policy("ports", "", rule("db", 80));
        PolicyPlan late = plan(NOW.minusSeconds(300), null, candidate);
        assertThat(late.newlyBlocked().total()).isEqualTo(new Total(1, 2));
        PolicyPlan early = plan(HOUR_AGO, NOW.minusSeconds(300), candidate);
        assertThat(early.newlyBlocked().total()).isEqualTo(new Total(2, 43));
        assertThat(plan(NOW.minusSeconds(2), null, candidate).evidence().recordedFrom())
                .as("nothing was recorded since")
                .isNull();
    }

    @Test
    void anAuditPolicyBlocksNothingAndTellsWhatItWould() {
        PolicyPlan plan = plan(
                HOUR_AGO,
                null,
                policy(
                        "trial",
                        "\"mode\": \"audit\",",
                        "{\"id\": \"no-web\", \"action\": \"deny\", \"priority\": 1,"
                                + " \"conditions\": [{\"field\": \"source.label.app\", \"operator\": \"eq\", \"value\": \"web\"}]}"));
        assertThat(plan.newlyBlocked().total().distinct()).isZero();
        assertThat(plan.newlyAllowed().total().distinct()).isZero();
        assertThat(plan.newlyAudited().rows()).singleElement().satisfies(row -> {
            assertThat(row.sourceName()).isEqualTo("web");
            assertThat(row.then().audit().ruleId()).isEqualTo("no-web");
        });
    }

    @Test
    void plansADeletionAndWhatIsTheSameAlready() {
        PolicyPlan deletion = Wire.read(
                ask(request(HOUR_AGO, null, List.of(new PolicyId("ports"), new PolicyId("nothing"))))
                        .getData(),
                PolicyPlan.class);
        assertThat(deletion.changes())
                .containsExactly(
                        new Change(new PolicyId("ports"), "deleted", 1),
                        new Change(new PolicyId("nothing"), "unchanged", 0));
        assertThat(deletion.newlyAllowed().total()).isEqualTo(new Total(1, 5));

        PolicyPlan same = plan(HOUR_AGO, null, policy("ports", "", rule("db", 5432), rule("old", 5433)));
        assertThat(same.changes()).containsExactly(new Change(new PolicyId("ports"), "unchanged", 1));
        assertThat(same.newlyBlocked().total().distinct()
                        + same.newlyAllowed().total().distinct())
                .isZero();
    }

    @Test
    void suggestsAnAllowListThatCutsNothingOfWhatPasses() {
        PolicySuggestion suggestion = suggest(null);
        assertThat(suggestion.document())
                .as("port 5432 is covered by a rule, port 80 is denied now")
                .isNull();
        assertThat(suggestion.covered()).isEqualTo(new Total(2, 45));
        assertThat(suggestion.denied()).isEqualTo(new Total(1, 5));
        assertThat(suggestion.evidence().hostsHeard()).isEqualTo(1);

        PolicySuggestion all = suggest(true);
        assertThat(suggest(true).document())
                .as("the same flows, the same document")
                .isEqualTo(all.document());
        assertThat(all.suggested()).isEqualTo(new Total(2, 45));
        JsonNode document = all.document();
        assertThat(document.path("mode").asText()).isEqualTo("audit");
        assertThat(document.path("rules")).singleElement().satisfies(rule -> {
            assertThat(rule.path("id").asText()).isEqualTo("tcp-5432");
            assertThat(rule.at("/conditions/2").toString())
                    .isEqualTo("{\"field\":\"source.label.app\",\"operator\":\"in\",\"value\":[\"api\",\"web\"]}");
            assertThat(rule.at("/metadata/connections").asLong()).isEqualTo(45);
        });
        ((ObjectNode) document).put("mode", "enforce").put("priority", 1);
        PolicyPlan plan = plan(HOUR_AGO, null, Wire.write(document));
        assertThat(plan.newlyBlocked().total().distinct()).isZero();
    }

    @Test
    void namesPeersByTheirAddressesWhereTheyHaveNoSuchLabel() {
        PolicySuggestion suggestion = Wire.read(
                bench.bus
                        .request(
                                Subjects.api(PolicyApi.SERVICE, PolicyApi.SUGGEST),
                                Wire.write(new PolicyApi.SuggestRequest(
                                        new PolicyId("db-in"),
                                        List.of("d*"),
                                        Map.of(),
                                        null,
                                        "team",
                                        HOUR_AGO,
                                        null,
                                        true)))
                        .getData(),
                PolicySuggestion.class);
        assertThat(suggestion.document().at("/applies_to/hosts/0").asText()).isEqualTo("d*");
        assertThat(suggestion.document().path("rules"))
                .singleElement()
                .extracting(rule -> rule.path("id").asText() + rule.at("/conditions/2/value"))
                .isEqualTo("tcp-5432-addresses[\"10.0.0.1\",\"10.0.0.2\"]");
    }

    private static PolicySuggestion suggest(Boolean covered) {
        PolicyApi.SuggestRequest wanted = new PolicyApi.SuggestRequest(
                new PolicyId("db-in"), List.of(), Map.of(), null, null, HOUR_AGO, null, covered);
        return Wire.read(
                bench.bus
                        .request(Subjects.api(PolicyApi.SERVICE, PolicyApi.SUGGEST), Wire.write(wanted))
                        .getData(),
                PolicySuggestion.class);
    }

    @Test
    void listsRulesThatMetNoPacketSince() {
        MetricsReport example = Wire.read(Examples.read("metrics"), MetricsReport.class);
        Instant hit = NOW.minusSeconds(100);
        ObjectNode counters = Wire.mapper().valueToTree(example);
        counters.put("host_id", "db")
                .putArray("rule_hits")
                .addObject()
                .put("policy_id", "ports")
                .put("policy_version", 1)
                .put("rule_id", "db")
                .put("packets", 12)
                .put("bytes", 700)
                .put("last_hit", hit.toString());
        bench.bus.publish(Subjects.metrics(new HostId("db")), Wire.write(counters), null);

        UnusedRules lately = unused(NOW.minusSeconds(200), "ports");
        assertThat(lately.judged()).isEqualTo(2);
        assertThat(lately.hostsKnown()).isEqualTo(2);
        assertThat(lately.hostsHeard()).isEqualTo(1);
        assertThat(lately.rules()).containsExactly(new UnusedRules.Rule(new PolicyId("ports"), 1, "old", null, 0, 0));
        assertThat(unused(NOW.minusSeconds(50), null).rules())
                .contains(new UnusedRules.Rule(new PolicyId("ports"), 1, "db", hit, 12, 1));
        assertThat(unused(NOW, "nothing").judged()).isZero();
    }

    private static UnusedRules unused(Instant since, String policy) {
        return Wire.read(
                bench.bus
                        .request(
                                Subjects.api(PolicyApi.SERVICE, PolicyApi.UNUSED),
                                Wire.write(new PolicyApi.UnusedRequest(
                                        since, policy == null ? null : new PolicyId(policy))))
                        .getData(),
                UnusedRules.class);
    }

    @Test
    void refusesWhatIsNoPolicyAndChangesNothing() {
        Message reply = ask(request(HOUR_AGO, null, List.of(), policy("ports", 70_000), policy("twice", 1)));
        ApiError error = Wire.read(reply.getData(), ApiError.class);
        assertThat(error.code()).isEqualTo(ApiError.INVALID_POLICY);
        assertThat(error.violations())
                .singleElement()
                .extracting(Violation::path)
                .asString()
                .startsWith("/documents/0/rules/0/conditions");
        ApiError twice = Wire.read(
                ask(request(HOUR_AGO, null, List.of(new PolicyId("a")), policy("a", 1)))
                        .getData(),
                ApiError.class);
        assertThat(twice.violations()).singleElement().satisfies(it -> {
            assertThat(it.path()).isEqualTo("/deletions/0");
            assertThat(it.reason()).isEqualTo("policy a is named twice");
        });
        assertThat(bench.latest("twice")).isEmpty();
        assertThat(bench.all(Streams.POLICY_STORE, Subjects.policyStore(new PolicyId("ports"))))
                .hasSize(1);
    }
}
