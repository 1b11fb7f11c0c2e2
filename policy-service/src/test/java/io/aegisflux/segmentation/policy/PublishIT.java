package io.aegisflux.segmentation.policy;

import static io.aegisflux.segmentation.policy.domain.Documents.policy;
import static io.aegisflux.segmentation.policy.domain.Documents.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.Author;
import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.DesiredState;
import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.PolicyAccepted;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.PublishHeaders;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.StoredPolicy;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.nats.VerifiedObjects;
import io.aegisflux.segmentation.policy.domain.Documents;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.api.PublishAck;
import io.nats.client.impl.Headers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each test has policies and hosts of its own; a policy that is for one host leaves the others' alone. */
class PublishIT {
    private static PolicyBench bench;

    @BeforeAll
    static void start() {
        bench = PolicyBench.start();
        bench.service();
    }

    @AfterAll
    static void stop() {
        bench.close();
    }

    private static byte[] only(String host, String id, int port) {
        return policy(id, "\"applies_to\": {\"hosts\": [\"%s\"]},".formatted(host), rule("allow-port", port));
    }

    private static DesiredState hostIsThere(CapabilityReport report) {
        bench.report(report);
        return bench.awaitDesired(report.hostId().value(), state -> true);
    }

    @Test
    void aPlainPublishBecomesAVersionAndASignedStateOfEachHost() {
        CapabilityReport a = Documents.report(
                "plain-a", Map.of(), List.of(new Workload("shop", Map.of("app", "shop"), List.of("10.1.0.1"))));
        CapabilityReport b = Documents.report("plain-b");
        long revisionOfA = hostIsThere(a).revision();
        long revisionOfB = hostIsThere(b).revision();
        byte[] document = policy("plain", "\"applies_to\": {\"hosts\": [\"plain-*\"]},", """
                {"id": "from-shop", "action": "allow", "priority": 1, "conditions": [
                  {"field": "source.label.app", "operator": "eq", "value": "shop"}]}""");

        bench.publish("plain", document);

        StoredPolicy stored = bench.awaitVersion("plain", 1);
        assertThat(stored.action()).isEqualTo(StoredPolicy.CREATED);
        assertThat(stored.digest()).isEqualTo(Digests.sha256Hex(document));
        assertThat(stored.document())
                .isEqualTo(Wire.read(document, stored.document().getClass()));
        RuleTable wanted = bench.lowered(a, List.of(stored), List.of(a, b));
        assertThat(wanted.rules()).isNotEmpty();
        for (var host : Map.of("plain-a", revisionOfA, "plain-b", revisionOfB).entrySet()) {
            DesiredState state = bench.awaitTold(host.getKey(), "plain", 1);
            assertThat(state.revision()).isEqualTo(host.getValue() + 1);
            assertThat(state.epoch()).isEqualTo(1);
            assertThat(state.hostId().value()).isEqualTo(host.getKey());
            assertThat(state.table()).isEqualTo(wanted);
            assertThat(state.tableDigest()).isEqualTo(Digests.sha256Hex(Wire.write(wanted)));
            assertThat(state.tableObject()).isNull();
        }
    }

    @Test
    void aRequestIsAnsweredWithTheVersionThatItBecame() {
        byte[] document = only("nobody", "asked", 80);
        PolicyAccepted accepted = accepted(bench.request("asked", document));
        assertThat(accepted.policyId().value()).isEqualTo("asked");
        assertThat(accepted.version()).isEqualTo(1);
        assertThat(accepted.action()).isEqualTo(StoredPolicy.CREATED);
        assertThat(accepted.digest()).isEqualTo(Digests.sha256Hex(document));

        PolicyAccepted second = accepted(bench.request("asked", only("nobody", "asked", 81)));
        assertThat(second.version()).isEqualTo(2);
        assertThat(second.action()).isEqualTo(StoredPolicy.UPDATED);
    }

    @Test
    void aVersionSaysWhoPublishedIt() {
        byte[] first = only("nobody", "authored", 80);
        assertThat(accepted(bench.request("authored", first, by("ann"))).author())
                .isEqualTo(new Author("ann"));
        assertThat(accepted(bench.request("authored", first, by("bob"))).author())
                .as("who published it first, for it is no new version")
                .isEqualTo(new Author("ann"));
        assertThat(accepted(bench.request("authored", only("nobody", "authored", 81)))
                        .author())
                .isNull();
        assertThat(accepted(bench.request("authored", new byte[0], by("bob"))).author())
                .isEqualTo(new Author("bob"));
        Message refused = bench.request("authored", first, by("two  lines").add(PublishHeaders.AUTHOR, "ann"));
        assertThat(Wire.read(refused.getData(), ApiError.class).violations())
                .singleElement()
                .satisfies(it -> assertThat(it.reason()).contains("Segmentation-Author stands there 2 times"));

        PolicyApi.HistoryReply history = Wire.read(
                bench.bus
                        .request(
                                Subjects.api(PolicyApi.SERVICE, PolicyApi.HISTORY),
                                Wire.write(new PolicyApi.HistoryRequest(new PolicyId("authored"), null)))
                        .getData(),
                PolicyApi.HistoryReply.class);
        assertThat(history.versions())
                .extracting(PolicyApi.VersionSummary::author)
                .containsExactly(new Author("bob"), null, new Author("ann"));
    }

    private static Headers by(String author) {
        return new Headers().add(PublishHeaders.AUTHOR, author);
    }

    @Test
    void aDocumentOfWhichATestFailsIsRefusedAndOneThatPassesIsAccepted() {
        assertThat(bench.request("tested", tested("deny")).hasHeaders()).isTrue();
        ApiError refusal = Wire.read(bench.request("tested", tested("deny")).getData(), ApiError.class);
        assertThat(refusal.code()).isEqualTo(ApiError.INVALID_POLICY);
        assertThat(refusal.violations()).singleElement().satisfies(violation -> {
            assertThat(violation.path()).isEqualTo("/tests/0");
            assertThat(violation.reason()).contains("expects deny, but it is allowed: by rule \"allow-port\"");
        });
        assertThat(accepted(bench.request("tested", tested("allow"))).version()).isEqualTo(1);
        assertThat(bench.versions("tested")).hasSize(1);
    }

    private static byte[] tested(String expectation) {
        return policy("tested", """
                "applies_to": {"hosts": ["nobody"]}, "tests": [{"name": "t", "from": "10.0.0.1", "to": "10.0.0.2",
                  "protocol": "tcp", "port": 80, "expect": "%s"}],""".formatted(expectation), rule("allow-port", 80));
    }

    @Test
    void ofPublishesThatExpectTheSameVersionOneCounts() throws Exception {
        assertThat(accepted(bench.request("raced", only("nobody", "raced", 80), 0))
                        .version())
                .isEqualTo(1);
        List<Message> replies = new ArrayList<>();
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Message>> publishes = IntStream.range(0, 8)
                    .mapToObj(i -> tasks.submit(() -> bench.request("raced", only("nobody", "raced", 1_000 + i), 1)))
                    .toList();
            for (Future<Message> publish : publishes) {
                replies.add(publish.get());
            }
        }
        List<ApiError> conflicts = replies.stream()
                .filter(Message::hasHeaders)
                .map(reply -> Wire.read(reply.getData(), ApiError.class))
                .toList();
        assertThat(conflicts).hasSize(7).allSatisfy(error -> {
            assertThat(error.code()).isEqualTo(ApiError.VERSION_CONFLICT);
            assertThat(error.message()).startsWith("version 2 of raced holds (updated at ");
            assertThat(error.hint()).endsWith("Segmentation-Expected-Version: 2");
        });
        assertThat(bench.versions("raced")).hasSize(2);
        assertThat(bench.events(SystemEvent.POLICY_REJECTED).stream()
                        .filter(event -> event.message().contains("version 2 of raced holds")))
                .as("plain publishers find it there")
                .hasSize(7);
    }

    @Test
    void aRequestThatSaysWhatHoldsAlreadyIsAnsweredWithTheStoredVersion() {
        byte[] document = only("nobody", "again", 80);
        assertThat(accepted(bench.request("again", document)).version()).isEqualTo(1);
        assertThat(accepted(bench.request("again", document)).version()).isEqualTo(1);
        assertThat(bench.versions("again")).hasSize(1);
    }

    @Test
    void publishersThatAskAtTheSameTimeEachLearnTheirOwnVersion() {
        List<byte[]> documents = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            documents.add(only("nobody", "contested", 1000 + i));
        }
        List<CompletableFuture<Message>> replies = documents.stream()
                .map(it -> bench.bus.connection().request(Subjects.POLICIES + "contested", it))
                .toList();
        List<StoredPolicy> versions = new ArrayList<>();
        for (int i = 0; i < documents.size(); i++) {
            PolicyAccepted accepted =
                    accepted(replies.get(i).orTimeout(15, TimeUnit.SECONDS).join());
            assertThat(accepted.digest()).isEqualTo(Digests.sha256Hex(documents.get(i)));
            versions = bench.versions("contested");
            assertThat(versions.get((int) accepted.version() - 1).digest()).isEqualTo(accepted.digest());
        }
        assertThat(versions).hasSize(30);
    }

    @Test
    void aJetStreamClientTakesTheAnswerForItsAcknowledgementAndTheRefusalForAFailure() throws Exception {
        PublishAck ack =
                bench.bus.connection().jetStream().publish(Subjects.POLICIES + "acked", only("nobody", "acked", 80));
        assertThat(ack.getStream()).isEqualTo(Streams.POLICIES);
        assertThat(ack.getSeqno()).isEqualTo(bench.awaitVersion("acked", 1).sourceSequence());
        assertThatThrownBy(() -> bench.bus
                        .connection()
                        .jetStream()
                        .publish(Subjects.POLICIES + "acked", only("nobody", "acked", 70_000)))
                .isInstanceOf(JetStreamApiException.class)
                .hasMessageContaining("/rules/0/conditions/1/value");
    }

    @Test
    void anEmptyBodyDeletesAndAnotherDocumentContinuesTheVersions() {
        hostIsThere(Documents.report("deleting"));
        bench.publish("short-lived", only("deleting", "short-lived", 80));
        bench.awaitTold("deleting", "short-lived", 1);

        bench.publish("short-lived", new byte[0]);
        StoredPolicy deletion = bench.awaitVersion("short-lived", 2);
        assertThat(deletion.isDeleted()).isTrue();
        bench.awaitDesired("deleting", state -> state.table().policies().isEmpty());

        bench.publish("short-lived", only("deleting", "short-lived", 80));
        StoredPolicy again = bench.awaitVersion("short-lived", 3);
        assertThat(again.action()).isEqualTo(StoredPolicy.CREATED);
        bench.awaitTold("deleting", "short-lived", 3);
    }

    @Test
    void aDeletionThatAsksIsAnsweredWithItsVersionOrThatThereIsNothing() {
        ApiError never = Wire.read(bench.request("never-was", new byte[0]).getData(), ApiError.class);
        assertThat(never.code()).isEqualTo(ApiError.NOT_FOUND);
        assertThat(never.message()).isEqualTo("there is no policy never-was");
        assertThat(never.hint()).contains("segmentation.api.policy.list");

        bench.request("gone", only("nobody", "gone", 80));
        PolicyAccepted deleted = accepted(bench.request("gone", new byte[0]));
        assertThat(deleted.version()).isEqualTo(2);
        assertThat(deleted.action()).isEqualTo(StoredPolicy.DELETED);
        assertThat(deleted.digest()).isNull();

        Message twice = bench.request("gone", new byte[0]);
        assertThat(twice.getHeaders().getFirst("Nats-Service-Error-Code")).isEqualTo("404");
        assertThat(Wire.read(twice.getData(), ApiError.class).message())
                .isEqualTo("there is no policy gone: it was deleted with version 2");
        assertThat(bench.versions("gone")).hasSize(2);
        assertThat(bench.versions("never-was")).isEmpty();
    }

    @Test
    void aLargeTableGoesIntoAnObjectThatIsNamedByItsDigest() {
        CapabilityReport host = Documents.report("large-host");
        long revision = hostIsThere(host).revision();
        byte[] document = Documents.large("large", 1_500);
        bench.publish(
                "large",
                new String(document)
                        .replaceFirst("\"rules\"", "\"applies_to\": {\"hosts\": [\"large-host\"]}, \"rules\"")
                        .getBytes());
        DesiredState state = bench.awaitDesired("large-host", it -> it.tableObject() != null);

        RuleTable wanted = bench.lowered(host, List.of(bench.awaitVersion("large", 1)), List.of());
        byte[] json = Wire.write(wanted);
        assertThat(json.length).isGreaterThan(256 * 1024);
        assertThat(state.table()).isNull();
        assertThat(state.revision()).isEqualTo(revision + 1);
        assertThat(state.tableDigest()).isEqualTo(Digests.sha256Hex(json));
        assertThat(state.tableObject().name()).isEqualTo(state.tableDigest());
        assertThat(state.tableObject().size()).isEqualTo(json.length);
        assertThat(new VerifiedObjects(bench.bus).get(Streams.RULE_TABLES_BUCKET, state.tableObject()))
                .isEqualTo(json);
        bench.publish("large", new byte[0]);
        bench.awaitDesired("large-host", it -> it.table() != null);
    }

    @Test
    void aHundredPublishesOfTheSameMakeOneVersionAndOneRevision() {
        long revision = hostIsThere(Documents.report("repeated")).revision();
        for (int i = 0; i < 100; i++) {
            bench.publish("repeated", only("repeated", "repeated", 80));
        }
        bench.awaitTold("repeated", "repeated", 1);
        bench.awaitSettled();
        assertThat(bench.versions("repeated")).hasSize(1);
        assertThat(bench.desired("repeated").orElseThrow().revision()).isEqualTo(revision + 1);
    }

    @Test
    void aHostThatReportsAgainWithOtherLabelsIsToldOtherPolicies() {
        bench.publish(
                "by-label",
                policy("by-label", "\"applies_to\": {\"labels\": {\"role\": \"moved\"}},", rule("allow-port", 80)));
        bench.awaitVersion("by-label", 1);
        long revision = hostIsThere(Documents.report("moving")).revision();
        bench.report(Documents.report("moving", Map.of("role", "moved"), List.of()));
        assertThat(bench.awaitTold("moving", "by-label", 1).revision()).isEqualTo(revision + 1);
        bench.report(Documents.report("moving", Map.of("role", "moved"), List.of()));
        await().during(Duration.ofMillis(500))
                .until(() -> bench.desired("moving").orElseThrow().revision() == revision + 1);
        bench.report(Documents.report("moving"));
        bench.awaitDesired("moving", state -> state.table().policies().isEmpty());
    }

    private static PolicyAccepted accepted(Message reply) {
        assertThat(reply.hasHeaders() ? reply.getHeaders().getFirst("Nats-Service-Error") : null)
                .isNull();
        return Wire.read(reply.getData(), PolicyAccepted.class);
    }
}
