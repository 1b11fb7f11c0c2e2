package io.aegisflux.segmentation.policy;

import static io.aegisflux.segmentation.policy.domain.Documents.policy;
import static io.aegisflux.segmentation.policy.domain.Documents.rule;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.Decision;
import io.aegisflux.segmentation.contracts.DesiredState;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.Mode;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyExplanation;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.policy.domain.Documents;
import io.nats.client.Message;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ApiIT {
    private static PolicyBench bench;

    @BeforeAll
    static void start() {
        bench = PolicyBench.start();
        bench.service();
        bench.report(Documents.report("api-host", Map.of("role", "web"), List.of()));
        bench.publish("web", policy("web", 80));
        bench.publish("web", policy("web", 443));
        bench.publish("gone", policy("gone", 22));
        bench.publish("gone", new byte[0]);
        bench.awaitVersion("gone", 2);
        bench.awaitDesired(
                "api-host",
                state -> state.table().policies().stream()
                        .map(it -> it.id() + ":" + it.version())
                        .toList()
                        .equals(List.of("web:2")));
    }

    @AfterAll
    static void stop() {
        bench.close();
    }

    @Test
    void getBringsTheLatestVersion() {
        StoredPolicy web = ask(PolicyApi.GET, new PolicyApi.GetRequest(new PolicyId("web"), null), StoredPolicy.class);
        assertThat(web).isEqualTo(bench.latest("web").orElseThrow());
        assertThat(web.version()).isEqualTo(2);
    }

    @Test
    void historyBringsTheVersionsTheLastOneFirst() {
        PolicyApi.HistoryReply gone = history("gone", null);
        assertThat(gone.versions()).extracting(PolicyApi.VersionSummary::action).containsExactly("deleted", "created");
        List<StoredPolicy> stored = bench.versions("web");
        assertThat(history("web", null).versions())
                .isEqualTo(stored.reversed().stream()
                        .map(it -> new PolicyApi.VersionSummary(it.version(), it.action(), it.digest(), it.storedAt()))
                        .toList());
        assertThat(history("web", 1).versions())
                .extracting(PolicyApi.VersionSummary::version)
                .containsExactly(2L);
        assertThat(error(PolicyApi.HISTORY, Wire.write(new PolicyApi.HistoryRequest(new PolicyId("never"), null)))
                        .code())
                .isEqualTo(ApiError.NOT_FOUND);
    }

    private static PolicyApi.HistoryReply history(String policy, Integer limit) {
        return ask(
                PolicyApi.HISTORY,
                new PolicyApi.HistoryRequest(new PolicyId(policy), limit),
                PolicyApi.HistoryReply.class);
    }

    @Test
    void getBringsAnEarlierVersionAndThatOfADeletion() {
        for (StoredPolicy version : bench.versions("web")) {
            assertThat(ask(
                            PolicyApi.GET,
                            new PolicyApi.GetRequest(new PolicyId("web"), version.version()),
                            StoredPolicy.class))
                    .isEqualTo(version);
        }
        assertThat(ask(PolicyApi.GET, new PolicyApi.GetRequest(new PolicyId("gone"), 2L), StoredPolicy.class)
                        .isDeleted())
                .isTrue();
    }

    @Test
    void getSaysWhatIsNotThereAndWhatToDo() {
        notFound(new PolicyApi.GetRequest(new PolicyId("nothing"), null), "no policy is called nothing", "list");
        notFound(new PolicyApi.GetRequest(new PolicyId("web"), 9L), "policy web has no version 9", "its latest is 2");
        notFound(
                new PolicyApi.GetRequest(new PolicyId("gone"), null),
                "policy gone was deleted with version 2",
                "ask for version 1");
    }

    @Test
    void listBringsEveryPolicyThatIsNotDeletedWithTheRevisionOfTheHosts() {
        PolicyApi.ListReply list = ask(PolicyApi.LIST, null, PolicyApi.ListReply.class);
        assertThat(list.policies()).singleElement().satisfies(row -> {
            assertThat(row.policyId()).isEqualTo(new PolicyId("web"));
            assertThat(row.version()).isEqualTo(2);
            assertThat(row.name()).isEqualTo("test");
            assertThat(row.type()).isEqualTo("network");
            assertThat(row.priority()).isEqualTo(100);
            assertThat(row.enabled()).isTrue();
            assertThat(row.mode()).isEqualTo(Mode.ENFORCE);
            assertThat(row.rules()).isEqualTo(1);
            assertThat(row.storedAt())
                    .isEqualTo(bench.latest("web").orElseThrow().storedAt());
        });
        assertThat(list.epoch()).isEqualTo(1);
        assertThat(list.revision())
                .isEqualTo(bench.desired("api-host").orElseThrow().revision());
    }

    @Test
    void hostsBringsWhatEachWasTold() {
        DesiredState told = bench.desired("api-host").orElseThrow();
        PolicyApi.HostSummary host =
                ask(PolicyApi.HOSTS, null, PolicyApi.HostsReply.class).hosts().getFirst();
        assertThat(host)
                .isEqualTo(new PolicyApi.HostSummary(
                        new HostId("api-host"),
                        told.epoch(),
                        told.revision(),
                        Map.of("role", "web"),
                        List.of(),
                        host.lastReport()));
        assertThat(host.lastReport())
                .as("when the broker took it, whatever the host's clock says")
                .isAfter(Documents.report("api-host").timestamp());
    }

    @Test
    void evaluateDecidesAsTheHostWould() {
        Decision allowed = ask(PolicyApi.EVALUATE, packet("api-host", 443), Decision.class);
        assertThat(allowed.policyId()).isEqualTo(new PolicyId("web"));
        assertThat(allowed.policyVersion()).isEqualTo(2);
        assertThat(allowed.ruleId()).isEqualTo("allow-port");
        Decision denied = ask(PolicyApi.EVALUATE, packet("api-host", 80), Decision.class);
        assertThat(denied.ruleId()).isEqualTo("default-action");
        assertThat(allowed.action()).isEqualTo(Action.ALLOW);
        assertThat(denied.action()).isEqualTo(Action.DENY);
    }

    @Test
    void evaluateRefusesHostsThatNeverReported() {
        ApiError error = error(PolicyApi.EVALUATE, Wire.write(packet("nobody", 80)));
        assertThat(error.code()).isEqualTo(ApiError.NOT_FOUND);
        assertThat(error.message()).isEqualTo("no host nobody has reported");
    }

    @Test
    void bytesThatAreNoRequestAreRefusedWithTheReason() {
        for (String bytes : List.of("", "{", "[]", "null", "{}", "{\"policy_id\":\"a.b\"}", "{\"policy_id\":7}")) {
            ApiError error = error(PolicyApi.GET, bytes.getBytes(UTF_8));
            assertThat(error.code()).as(bytes).isEqualTo(ApiError.INVALID_REQUEST);
            assertThat(error.message()).as(bytes).contains("GetRequest");
        }
        assertThat(error(PolicyApi.GET, "{\"policy_id\":\"web\",\"version\":0}".getBytes(UTF_8))
                        .message())
                .contains("versions count from 1");
        assertThat(error(PolicyApi.EVALUATE, "{\"host_id\":\"api-host\"}".getBytes(UTF_8))
                        .message())
                .contains("packet is missing");
    }

    @Test
    void explainSaysWhatEveryPolicyAndRuleHasToDoWithAPacket() {
        PolicyExplanation denied = ask(PolicyApi.EXPLAIN, packet("api-host", 80), PolicyExplanation.class);
        assertThat(denied.decision().reason()).isEqualTo(Reason.DEFAULT_DENY);
        assertThat(denied.policies()).singleElement().satisfies(policy -> {
            assertThat(policy.policyId()).isEqualTo(new PolicyId("web"));
            assertThat(policy.version()).isEqualTo(2);
            assertThat(policy.rules())
                    .extracting(PolicyExplanation.RuleEffect::effect)
                    .containsExactly(PolicyExplanation.Effect.MISSES, PolicyExplanation.Effect.DECIDES);
        });
        assertThat(denied.nearest().misses()).containsExactly("dest_port is 80, wants 443");
        assertThat(denied.loaded().desiredRevision())
                .isEqualTo(bench.desired("api-host").orElseThrow().revision());
        assertThat(denied.loaded().loadedRevision())
                .as("the host has sent no counters")
                .isNull();
        assertThat(denied.hits()).isNull();
        assertThat(ask(PolicyApi.EXPLAIN, packet("api-host", 443), PolicyExplanation.class)
                        .nearest())
                .as("it is allowed")
                .isNull();
        assertThat(error(PolicyApi.EXPLAIN, Wire.write(packet("nobody", 80))).code())
                .isEqualTo(ApiError.NOT_FOUND);
    }

    @Test
    void nothingIsAnsweredOnASubjectThatIsNoInbox() throws Exception {
        HostId victim = new HostId("h2");
        String subject = Subjects.desired(victim);
        bench.bus.connection().publish(Subjects.POLICIES + "tricky", subject, only("tricky", 80));
        bench.bus.connection().publish(Subjects.POLICIES + "tricky", subject, policy("tricky", 70_000));
        bench.bus.connection().publish(Subjects.POLICIES + "too.deep", subject, only("tricky", 80));
        bench.bus.connection().publish(Subjects.api(PolicyApi.SERVICE, PolicyApi.LIST), subject, new byte[0]);
        bench.bus.connection().flush(Duration.ofSeconds(2));
        bench.awaitVersion("tricky", 1);
        await().atMost(PolicyBench.PATIENCE)
                .until(() -> bench.events(SystemEvent.POLICY_REJECTED).size() == 2);
        // Answered after all of the above, by the same subscriptions.
        bench.request("tricky", only("tricky", 81));
        ask(PolicyApi.LIST, null, PolicyApi.ListReply.class);
        assertThat(bench.bus.last(Streams.DESIRED, subject)).isEmpty();
        bench.request("tricky", new byte[0]);
    }

    private static byte[] only(String id, int port) {
        return policy(id, "\"applies_to\": {\"hosts\": [\"nobody\"]},", rule("r", port));
    }

    private static PolicyApi.EvaluateRequest packet(String host, int port) {
        return new PolicyApi.EvaluateRequest(
                new HostId(host),
                new PacketTuple(Direction.INGRESS, "10.0.0.1", "10.0.0.2", 6, 40_000, port, null, null, "eth0"));
    }

    private static void notFound(PolicyApi.GetRequest request, String message, String hint) {
        ApiError error = error(PolicyApi.GET, Wire.write(request));
        assertThat(error.code()).isEqualTo(ApiError.NOT_FOUND);
        assertThat(error.message()).isEqualTo(message);
        assertThat(error.hint()).contains(hint);
    }

    private static <T> T ask(String verb, Object request, Class<T> type) {
        Message reply = bench.bus.request(
                Subjects.api(PolicyApi.SERVICE, verb), request == null ? new byte[0] : Wire.write(request));
        assertThat(reply.hasHeaders())
                .as(() -> new String(reply.getData(), UTF_8))
                .isFalse();
        return Wire.read(reply.getData(), type);
    }

    private static ApiError error(String verb, byte[] request) {
        Message reply = bench.bus.request(Subjects.api(PolicyApi.SERVICE, verb), request);
        assertThat(reply.getHeaders().getFirst("Nats-Service-Error-Code")).isNotNull();
        return Wire.read(reply.getData(), ApiError.class);
    }
}
