package io.aegisflux.segmentation.policy;

import static io.aegisflux.segmentation.policy.domain.Documents.policy;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.DesiredState;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.TableRule;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.contracts.WorkloadAccepted;
import io.aegisflux.segmentation.contracts.WorkloadId;
import io.aegisflux.segmentation.harness.ServiceProcess;
import io.aegisflux.segmentation.policy.domain.Documents;
import io.nats.client.Message;
import io.nats.client.api.PublishAck;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rules on labels follow workloads and hosts as they come, change and go, without the policy being published again. */
class WorkloadIT {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private PolicyBench bench;
    private ServiceProcess service;
    private long bystanders;

    @BeforeEach
    void start() {
        bench = PolicyBench.start();
        service = bench.service();
        bench.report(Documents.report("db-1", Map.of("role", "data"), List.of()));
        bench.report(Documents.report("bystander", Map.of("role", "other"), List.of()));
        bench.request("everywhere", policy("everywhere", 22));
        bench.request("by-label", policy("by-label", "\"applies_to\": {\"labels\": {\"role\": \"data\"}},", """
                {"id": "shop", "action": "allow", "priority": 1, "conditions": [
                  {"field": "source.label.app", "operator": "eq", "value": "shop"}]}"""));
        bench.awaitTold("db-1", "by-label", 1);
        bystanders = bench.awaitTold("bystander", "everywhere", 1).revision();
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void theRuleFollowsAWorkloadThatComesChangesAndGoesAndNobodyElseIsTold() {
        assertThat(sources()).isEmpty();

        accepted(register("cart", "shop", "10.1.0.1", null), "cart", WorkloadAccepted.REGISTERED);
        within(SECOND, sources -> sources.equals(List.of("10.1.0.1/32")));
        accepted(register("cart", "shop", "10.1.4.0/24", null), "cart", WorkloadAccepted.REGISTERED);
        within(SECOND, sources -> sources.equals(List.of("10.1.4.0/24")));
        accepted(register("till", "shop", "fd00::7", null), "till", WorkloadAccepted.REGISTERED);
        within(SECOND, sources -> sources.equals(List.of("10.1.4.0/24", "fd00::7/128")));
        accepted(register("cart", "warehouse", "10.1.4.0/24", null), "cart", WorkloadAccepted.REGISTERED);
        within(SECOND, sources -> sources.equals(List.of("fd00::7/128")));
        accepted(publish("till", new byte[0]), "till", WorkloadAccepted.REMOVED);
        within(SECOND, List::isEmpty);

        assertThat(bench.versions("by-label")).hasSize(1);
        assertThat(bench.desired("bystander").orElseThrow().revision()).isEqualTo(bystanders);
    }

    @Test
    void aWorkloadGoesWhenItExpiresAndItsRemovalStandsInTheStream() {
        Instant expiry = Instant.now().plusSeconds(2);
        register("burst", "shop", "10.1.0.2", expiry);
        within(SECOND, sources -> sources.equals(List.of("10.1.0.2/32")));

        await().atMost(Duration.ofSeconds(5))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> sources().isEmpty());
        assertThat(Duration.between(expiry, Instant.now())).isBetween(Duration.ZERO, SECOND);
        await().atMost(SECOND)
                .untilAsserted(
                        () -> assertThat(bench.all(Streams.WORKLOADS, Subjects.workload(new WorkloadId("burst"))))
                                .last()
                                .satisfies(it -> assertThat(it.data()).isEmpty()));
        assertThat(workloads()).isEmpty();
    }

    @Test
    void whatIsRefusedChangesNothingIsReportedAndStandsInNobodysWayAfterARestart() {
        register("cart", "shop", "10.1.0.1", null);
        within(SECOND, sources -> sources.equals(List.of("10.1.0.1/32")));

        byte[] bad = document("cart", "shop", "10.1.0.1/8", null);
        Message reply = publish("cart", bad);
        ApiError error = Wire.read(reply.getData(), ApiError.class);
        assertThat(reply.getHeaders().getFirst("Nats-Service-Error-Code")).isEqualTo("400");
        assertThat(error.code()).isEqualTo(ApiError.INVALID_WORKLOAD);
        assertThat(error.violations()).extracting(Violation::path).containsExactly("/addresses/0");
        await().atMost(PolicyBench.PATIENCE)
                .untilAsserted(() -> assertThat(bench.events(SystemEvent.WORKLOAD_REJECTED))
                        .singleElement()
                        .satisfies(it ->
                                assertThat(it.message()).contains("host bits").contains("/addresses/0")));
        assertThat(sources()).containsExactly("10.1.0.1/32");

        // while nobody is there to take it out
        service.close();
        bench.bus.publishCore(Subjects.workload(new WorkloadId("cart")), bad);
        bench.bus.publishCore(Subjects.workload(new WorkloadId("cart")), "{".getBytes(UTF_8));
        bench.service();
        bench.report(Documents.report("db-2", Map.of("role", "data"), List.of()));
        DesiredState told = bench.awaitTold("db-2", "by-label", 1);
        assertThat(told.table().rules().toString()).contains("10.1.0.1/32");
        await().atMost(PolicyBench.PATIENCE)
                .untilAsserted(() -> assertThat(bench.all(Streams.WORKLOADS, Subjects.workload(new WorkloadId("cart"))))
                        .hasSize(1));
    }

    @Test
    void aSubjectDeeperThanOneTokenIsRefusedThoughNoStreamTakesIt() {
        ApiError error = Wire.read(
                publish("a.b", document("a", "shop", "10.1.0.1", null)).getData(), ApiError.class);
        assertThat(error.violations()).extracting(Violation::path).containsExactly("/id");
        await().atMost(PolicyBench.PATIENCE)
                .until(() -> !bench.events(SystemEvent.WORKLOAD_REJECTED).isEmpty());
    }

    @Test
    void theRemovalOfWhatIsNotThereIsAnsweredSo() {
        ApiError error = Wire.read(publish("nobody", new byte[0]).getData(), ApiError.class);
        assertThat(error.code()).isEqualTo(ApiError.NOT_FOUND);
    }

    @Test
    void aJetStreamClientTakesTheAnswerForItsAcknowledgement() throws Exception {
        PublishAck ack = bench.bus
                .connection()
                .jetStream()
                .publish(Subjects.workload(new WorkloadId("js")), document("js", "shop", "10.1.0.1", null));
        assertThat(ack.getStream()).isEqualTo(Streams.WORKLOADS);
        assertThat(ack.getSeqno()).isPositive();
    }

    @Test
    void theRuleFollowsAHostByItsOwnLabelsUntilItIsRemoved() {
        bench.report(Documents.report("shop-1", Map.of("app", "shop"), List.of("10.2.0.1"), List.of()));
        within(SECOND, sources -> sources.equals(List.of("10.2.0.1/32")));
        bench.report(Documents.report("shop-1", Map.of("app", "shop"), List.of("10.2.0.2", "fd00::2"), List.of()));
        within(SECOND, sources -> sources.equals(List.of("10.2.0.2/32", "fd00::2/128")));

        HostId host = new HostId("shop-1");
        byte[] request = Wire.write(new PolicyApi.RemoveHostRequest(host));
        String verb = Subjects.api(PolicyApi.SERVICE, PolicyApi.REMOVE_HOST);
        assertThat(Wire.read(bench.bus.request(verb, request).getData(), PolicyApi.HostRemoved.class)
                        .hostId())
                .isEqualTo(host);
        within(SECOND, List::isEmpty);
        await().atMost(SECOND)
                .untilAsserted(() -> assertThat(
                                Wire.read(bench.bus.request(verb, request).getData(), ApiError.class)
                                        .code())
                        .isEqualTo(ApiError.NOT_FOUND));

        bench.report(Documents.report("shop-1", Map.of("app", "shop"), List.of("10.2.0.3"), List.of()));
        within(SECOND, sources -> sources.equals(List.of("10.2.0.3/32")));
    }

    @Test
    void anotherInstanceComesToTheSame() {
        register("cart", "shop", "10.1.0.1", null);
        register("gone", "shop", "10.1.0.9", null);
        publish("gone", new byte[0]);
        bench.report(Documents.report("shop-1", Map.of("app", "shop"), List.of("10.2.0.1"), List.of()));
        within(SECOND, sources -> sources.equals(List.of("10.1.0.1/32", "10.2.0.1/32")));
        long revision = bench.desired("db-1").orElseThrow().revision();

        bench.service();
        service.close();
        register("till", "shop", "10.1.0.2", null);
        DesiredState told = bench.awaitDesired("db-1", state -> state.revision() > revision);
        assertThat(told.revision()).as("nothing was told in between").isEqualTo(revision + 1);
        assertThat(sources()).containsExactly("10.1.0.1/32", "10.1.0.2/32", "10.2.0.1/32");
    }

    @Test
    void theVerbTellsOfHostsAndRegistryPageByPage() {
        bench.report(Documents.report("shop-1", Map.of("app", "shop"), List.of("10.2.0.1"), List.of()));
        String many = "10.9.0.1" + "\",\"10.9.0.1".repeat(3_900);
        for (int i = 0; i < 9; i++) {
            accepted(register("w" + i, "many", many, null), "w" + i, WorkloadAccepted.REGISTERED);
        }
        await().atMost(PolicyBench.PATIENCE).until(() -> workloads().size() == 10);
        assertThat(workloads())
                .extracting(PolicyApi.WorkloadSummary::name)
                .containsExactly("shop-1", "w0", "w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8");
        assertThat(workloads().getFirst().hostId()).isEqualTo(new HostId("shop-1"));
        assertThat(page(null).next()).isNotNull();
    }

    private List<PolicyApi.WorkloadSummary> workloads() {
        List<PolicyApi.WorkloadSummary> all = new ArrayList<>();
        Integer from = null;
        do {
            PolicyApi.WorkloadsReply page = page(from);
            all.addAll(page.workloads());
            from = page.next();
        } while (from != null);
        return all;
    }

    private PolicyApi.WorkloadsReply page(Integer from) {
        byte[] request = from == null ? new byte[0] : Wire.write(new PolicyApi.WorkloadsRequest(from));
        Message reply = bench.bus.request(Subjects.api(PolicyApi.SERVICE, PolicyApi.WORKLOADS), request);
        return Wire.read(reply.getData(), PolicyApi.WorkloadsReply.class);
    }

    private static void accepted(Message reply, String id, String action) {
        assertThat(Wire.read(reply.getData(), WorkloadAccepted.class))
                .isEqualTo(new WorkloadAccepted(new WorkloadId(id), action));
    }

    private Message register(String id, String app, String address, Instant expiry) {
        return publish(id, document(id, app, address, expiry));
    }

    private Message publish(String token, byte[] body) {
        return bench.bus.request(Subjects.WORKLOADS + token, body);
    }

    private static byte[] document(String id, String app, String address, Instant expiry) {
        return """
                {"id": "%s", "labels": {"app": "%s"}, "addresses": ["%s"]%s}""".formatted(id, app, address, expiry == null ? "" : ", \"expires_at\": \"%s\"".formatted(expiry))
                .getBytes(UTF_8);
    }

    /** Waits until the sources of the rule on labels are so, without any for the rule that nothing fulfils. */
    private void within(Duration patience, Predicate<List<String>> so) {
        await().atMost(patience).pollInterval(Duration.ofMillis(5)).until(this::sources, so);
    }

    private List<String> sources() {
        Optional<TableRule> rule = bench.desired("db-1").orElseThrow().table().rules().stream()
                .filter(it -> it.ruleId().equals("shop"))
                .findFirst();
        return rule.map(it -> it.sources().stream().map(Object::toString).toList())
                .orElse(List.of());
    }
}
