package io.aegisflux.segmentation.policy;

import static io.aegisflux.segmentation.policy.domain.Documents.policy;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.CapabilityReport;
import io.aegisflux.segmentation.contracts.DesiredState;
import io.aegisflux.segmentation.contracts.HostId;
import io.aegisflux.segmentation.contracts.PolicyAccepted;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Violation;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.contracts.Workload;
import io.aegisflux.segmentation.harness.NatsBinary;
import io.aegisflux.segmentation.harness.NatsServer;
import io.aegisflux.segmentation.harness.ServiceProcess;
import io.aegisflux.segmentation.nats.StoredMessage;
import io.aegisflux.segmentation.nats.SubjectLog;
import io.aegisflux.segmentation.policy.domain.Documents;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The attack of RELIABILITY.md §0.2: a host that may publish on its own subjects alone names another subject as the place
 * to reply to, and the server writes there in its own name.
 */
class ForgeryIT {
    private static final String PERMISSIONS = """
            no_auth_user: control
            authorization {
              users: [
                { user: control, password: control }
                { user: h1, password: h1, permissions: {
                    publish: [ "segmentation.metrics.h1", "segmentation.events.h1", "segmentation.system.h1",
                               "$JS.API.DIRECT.GET.SEGMENTATION_DESIRED.segmentation.desired.h1" ]
                    subscribe: [ "segmentation.doorbell.h1", "_INBOX_h1.>" ] } }
              ]
            }
            """;
    private static final HostId VICTIM = new HostId("h2");

    private PolicyBench bench;
    private Connection attacker;
    private ServiceProcess service;

    @BeforeEach
    void letTheServiceTellTwoHosts() throws IOException, InterruptedException {
        bench = PolicyBench.over(NatsServer.start(NatsBinary.find(), "127.0.0.1", NatsServer.freePort(), PERMISSIONS));
        service = bench.service();
        bench.report(Documents.report("h1"));
        bench.report(victim());
        for (int i = 1; i <= 5; i++) {
            bench.request("web", policy("web", 80 + i));
            bench.awaitTold("h2", "web", i);
        }
        attacker = Nats.connect(Options.builder()
                .server(bench.nats.url())
                .userInfo("h1", "h1")
                .inboxPrefix("_INBOX_h1.")
                .errorListener(new ErrorListener() {})
                .build());
    }

    @AfterEach
    void close() throws InterruptedException {
        attacker.close();
        bench.close();
    }

    @Test
    void anAcknowledgementWrittenOverAHostsStateIsWrittenOverByAHigherRevision() throws Exception {
        DesiredState before = bench.desired("h2").orElseThrow();
        forge(Subjects.desired(VICTIM));
        DesiredState after = bench.awaitDesired("h2", state -> state.revision() > before.revision());
        assertThat(after.table()).isEqualTo(before.table());
        assertThat(after.epoch()).isEqualTo(before.epoch());
        isReported("segmentation.desired.h2");

        bench.request("web", policy("web", 99));
        assertThat(bench.awaitTold("h2", "web", 6).revision()).isEqualTo(after.revision() + 1);
    }

    @Test
    void aStateThatWeSignedForTheAttackerIsNotTakenForOurWordToTheVictim() throws Exception {
        DesiredState before = bench.desired("h2").orElseThrow();
        bench.bus.publish(
                Subjects.desired(VICTIM),
                bench.bus
                        .last(Streams.DESIRED, "segmentation.desired.h1")
                        .orElseThrow()
                        .data(),
                null);
        DesiredState after = bench.awaitDesired(
                "h2", state -> state.hostId().equals(VICTIM) && state.revision() > before.revision());
        assertThat(after.table()).isEqualTo(before.table());
        isReported("segmentation.desired.h2");
    }

    /** The header in which our writes name the message they follow comes along, and names none of the victim's. */
    @Test
    void theServerDoesNotEvenTakeACopyOfAStateThatADirectGetIsMadeToWrite() throws Exception {
        long before = last(Subjects.desired(VICTIM));
        attacker.publish(
                "$JS.API.DIRECT.GET.SEGMENTATION_DESIRED.segmentation.desired.h1",
                Subjects.desired(VICTIM),
                new byte[0]);
        attacker.flush(Duration.ofSeconds(2));
        forge("segmentation.system.h2"); // what the server was made to write after it has arrived
        assertThat(last(Subjects.desired(VICTIM))).isEqualTo(before);
    }

    @Test
    void aForgeryThatIsAllThatIsLeftWhenTheServiceStartsStillIsWrittenOverByAHigherRevision() throws Exception {
        DesiredState before = bench.desired("h2").orElseThrow();
        service.kill();
        for (int i = 0; i < 10; i++) {
            forge(Subjects.desired(VICTIM));
        }
        assertThat(bench.all(Streams.DESIRED, Subjects.desired(VICTIM)))
                .singleElement()
                .satisfies(
                        message -> assertThat(new String(message.data(), UTF_8)).contains("SEGMENTATION_METRICS"));

        bench.service();
        DesiredState after = bench.awaitDesired("h2", state -> true);
        assertThat(after.revision()).isGreaterThan(before.revision());
        assertThat(after.table()).isEqualTo(before.table());
    }

    @Test
    void forgeriesInThePolicyStoreNeitherHideAPolicyNorStopItsPublishes() throws Exception {
        String subject = Subjects.policyStore(new PolicyId("web"));
        service.kill();
        for (int i = 0; i < 300; i++) {
            forge(subject);
        }
        service = bench.service();
        PolicyApi.ListReply list = Wire.read(
                bench.bus
                        .request(Subjects.api(PolicyApi.SERVICE, PolicyApi.LIST), new byte[0])
                        .getData(),
                PolicyApi.ListReply.class);
        assertThat(list.policies())
                .singleElement()
                .satisfies(it -> assertThat(it.version()).isEqualTo(5));
        isReported(subject);

        forge(subject);
        bench.request("web", policy("web", 99));
        assertThat(bench.latest("web").orElseThrow().version()).isEqualTo(6);
        bench.awaitTold("h2", "web", 6);
        assertThat(bench.versions("web")).hasSize(6);
    }

    @Test
    void aForgeryOverAHostsReportIsWrittenOverByTheReport() throws Exception {
        forge(Subjects.host(VICTIM));
        isReported("segmentation.hosts.h2");
        await().atMost(PolicyBench.PATIENCE)
                .untilAsserted(() -> assertThat(Wire.read(
                                bench.bus
                                        .last(Streams.HOSTS, Subjects.host(VICTIM))
                                        .orElseThrow()
                                        .data(),
                                CapabilityReport.class))
                        .isEqualTo(victim()));
    }

    @Test
    void anAcknowledgementPublishedAsAPolicyIsRefusedAsADocument() throws Exception {
        forge(Subjects.POLICIES + "web");
        await().atMost(PolicyBench.PATIENCE)
                .until(() -> bench.events(SystemEvent.POLICY_REJECTED).size() == 1);
        List<Violation> violations = Wire.mapper()
                .convertValue(
                        bench.events(SystemEvent.POLICY_REJECTED)
                                .getFirst()
                                .metadata()
                                .get("violations"),
                        Wire.mapper().getTypeFactory().constructCollectionType(List.class, Violation.class));
        assertThat(violations).extracting(Violation::path).contains("/stream", "/seq");
        assertThat(bench.versions("web")).hasSize(5);
    }

    /** 2.15.1 stores a status message without its status line: as an empty publish. */
    @Test
    void aStatusMessageThatTheServerIsMadeToWriteDeletesNoPolicy() throws Exception {
        assumeStatusLinesAreNotStored();
        forgeStatus(Subjects.POLICIES + "web");
        forgeStatus(Subjects.POLICIES + "web");
        await().atMost(PolicyBench.PATIENCE)
                .untilAsserted(() -> assertThat(bench.events(SystemEvent.POLICY_REJECTED))
                        .hasSize(2)
                        .allSatisfy(it -> assertThat(it.message()).contains("the broker writes such status messages")));
        assertThat(bench.versions("web")).hasSize(5);

        service.kill();
        forgeStatus(Subjects.POLICIES + "web");
        service = bench.service();
        await().atMost(PolicyBench.PATIENCE)
                .until(() -> bench.events(SystemEvent.POLICY_REJECTED).size() == 3);
        assertThat(bench.versions("web")).hasSize(5);

        assertThat(Wire.read(bench.request("web", new byte[0]).getData(), PolicyAccepted.class)
                        .version())
                .as("a plain empty publish that is heard deletes")
                .isEqualTo(6);
    }

    @Test
    void aStatusMessageThatTheServerIsMadeToWriteRemovesNoWorkload() throws Exception {
        assumeStatusLinesAreNotStored();
        String subject = Subjects.WORKLOADS + "legacy";
        byte[] workload = """
                {"id": "legacy", "labels": {"app": "legacy"}, "addresses": ["10.9.0.1"]}""".getBytes(UTF_8);
        assertThat(bench.bus.request(subject, workload).hasHeaders()).isFalse();
        forgeStatus(subject);
        await().atMost(PolicyBench.PATIENCE)
                .until(() -> bench.events(SystemEvent.WORKLOAD_REJECTED).size() == 1);
        assertThat(workloads()).extracting(PolicyApi.WorkloadSummary::name).contains("legacy");

        service.kill();
        forgeStatus(subject);
        service = bench.service();
        await().atMost(PolicyBench.PATIENCE)
                .until(() -> bench.events(SystemEvent.WORKLOAD_REJECTED).size() == 2);
        assertThat(workloads()).extracting(PolicyApi.WorkloadSummary::name).contains("legacy");

        assertThat(bench.bus.request(subject, new byte[0]).hasHeaders())
                .as("a plain empty publish that is heard removes")
                .isFalse();
        service.kill();
        service = bench.service();
        assertThat(workloads())
                .as("and is not forgotten by one who has not heard it")
                .extracting(PolicyApi.WorkloadSummary::name)
                .doesNotContain("legacy");
    }

    /** 2.10 stores the line, and jnats takes what it is then delivered for a word of the broker's: see docs/authors.md. */
    private void assumeStatusLinesAreNotStored() {
        assumeThat(bench.bus.connection().getServerInfo().isSameOrNewerThanVersion("2.15.0"))
                .isTrue();
    }

    private List<PolicyApi.WorkloadSummary> workloads() {
        return Wire.read(
                        bench.bus
                                .request(Subjects.api(PolicyApi.SERVICE, PolicyApi.WORKLOADS), new byte[0])
                                .getData(),
                        PolicyApi.WorkloadsReply.class)
                .workloads();
    }

    /** Makes the server say on this subject that it cannot read a question. */
    private void forgeStatus(String subject) throws Exception {
        long before = last(subject);
        attacker.publish(
                "$JS.API.DIRECT.GET.SEGMENTATION_DESIRED.segmentation.desired.h1", subject, "nonsense".getBytes(UTF_8));
        attacker.flush(Duration.ofSeconds(2));
        await().atMost(PolicyBench.PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> last(subject) > before);
        assertThat(newest(subject).data()).isEmpty();
    }

    private StoredMessage newest(String subject) throws Exception {
        String stream = bench.bus
                .connection()
                .jetStreamManagement()
                .getStreamNames(subject)
                .getFirst();
        return new SubjectLog(bench.bus, stream).newest(subject).orElseThrow();
    }

    @Test
    void whatAnotherKeySignedIsNotOurWord() throws Exception {
        DesiredState before = bench.desired("h2").orElseThrow();
        long sequence = last(Subjects.desired(VICTIM));
        service.close();
        ServiceProcess stranger = bench.service(Map.of(
                "POLICY_SIGNING_KEY", bench.directory.resolve("other.pem").toString()));
        await().atMost(PolicyBench.PATIENCE)
                .until(() -> bench.events(SystemEvent.MESSAGE_REJECTED).stream()
                        .filter(event -> event.metadata().get("subject").equals(Subjects.desired(VICTIM)))
                        .anyMatch(event -> event.message().contains("is not trusted here")));
        await().atMost(PolicyBench.PATIENCE).until(() -> last(Subjects.desired(VICTIM)) > sequence);
        stranger.close();
        bench.service();
        assertThat(bench.awaitDesired("h2", state -> state.revision() > before.revision())
                        .table())
                .isEqualTo(before.table());
    }

    /** Makes the server acknowledge a metrics report on this subject, and waits until it has. */
    private void forge(String subject) throws Exception {
        long before = last(subject);
        attacker.publish("segmentation.metrics.h1", subject, "{}".getBytes(UTF_8));
        attacker.flush(Duration.ofSeconds(2));
        await().atMost(PolicyBench.PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> last(subject) > before);
    }

    private long last(String subject) throws Exception {
        String stream = bench.bus
                .connection()
                .jetStreamManagement()
                .getStreamNames(subject)
                .getFirst();
        return new SubjectLog(bench.bus, stream)
                .newest(subject)
                .map(StoredMessage::sequence)
                .orElse(0L);
    }

    private void isReported(String subject) {
        await().atMost(PolicyBench.PATIENCE)
                .untilAsserted(() -> assertThat(bench.events(SystemEvent.MESSAGE_REJECTED))
                        .anySatisfy(event -> {
                            assertThat(event.metadata()).containsEntry("subject", subject);
                            assertThat(event.level()).isEqualTo("error");
                        }));
    }

    private static CapabilityReport victim() {
        return Documents.report("h2", Map.of(), List.of(new Workload("w", Map.of("app", "w"), List.of("10.0.0.1"))));
    }
}
