package io.aegisflux.segmentation.agent;

import static io.aegisflux.segmentation.agent.domain.DomainFixtures.table;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.Hook;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.ProbeReply;
import io.aegisflux.segmentation.contracts.ProbeRequest;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.Verdict;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.NatsServer;
import io.aegisflux.segmentation.nats.Bus;
import io.aegisflux.segmentation.nats.BusException;
import io.aegisflux.segmentation.nats.NatsSettings;
import io.nats.client.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An agent that is asked over a real broker what its kernel, a recorded one, makes of a packet. */
class ProbeEndpointIT {
    @TempDir
    Path directory;

    private NatsServer nats;
    private ControlPlaneDouble control;
    private AgentBench bench;

    @BeforeEach
    void start() {
        nats = NatsServer.start();
        control = new ControlPlaneDouble(Bus.connect(NatsSettings.of(nats.url(), "test")), directory);
        bench = new AgentBench(nats.url(), "web-1", directory);
    }

    @AfterEach
    void close() {
        bench.close();
        control.close();
        nats.close();
    }

    private void enforce() {
        control.desire(bench.host, 1, 7, table("first"), control.build("an ELF object".getBytes(UTF_8)));
        bench.start().listening();
        await().until(() -> bench.kernel.installs().size() == 1);
        awaitAnswers();
    }

    /** The agent subscribes as soon as it is connected. */
    private void awaitAnswers() {
        await().ignoreExceptions().until(() -> ask("{}".getBytes(UTF_8)).hasHeaders());
    }

    @Test
    void answersWithTheKernelsWordAndWithWhatIsLoaded() {
        enforce();
        ProbeReply denied = answer(packet(Direction.INGRESS, 80));
        assertThat(denied.hostId()).isEqualTo(bench.host);
        assertThat(denied.verdict()).isEqualTo(Verdict.DROPPED);
        assertThat(denied.reason()).isEqualTo(Reason.RULE_DENY);
        assertThat(denied.policyId()).isEqualTo(new PolicyId("first"));
        assertThat(denied.policyVersion()).isEqualTo(1);
        assertThat(denied.ruleId()).isEqualTo("deny-first");
        assertThat(denied.hook()).isEqualTo(Hook.TC_INGRESS);
        assertThat(denied.hooks()).isEqualTo(Map.of("tc_ingress@eth0", "tcx"));
        assertThat(denied.epoch()).isEqualTo(1);
        assertThat(denied.revision()).isEqualTo(7);
        assertThat(denied.generation()).isEqualTo(1);
        assertThat(denied.program()).isEqualTo("golden");
        assertThat(denied.artifact())
                .isEqualTo(bench.kernel.running().orElseThrow().artifactDigest());

        ProbeReply allowed = answer(packet(Direction.EGRESS, 80));
        assertThat(allowed.verdict()).isEqualTo(Verdict.ALLOWED);
        assertThat(allowed.policyId()).isNull();
        assertThat(allowed.hook()).isEqualTo(Hook.TC_EGRESS);
        assertThat(allowed.hooks()).as("nothing is attached there").isEmpty();
    }

    @Test
    void refusesWhatIsNoQuestion() {
        enforce();
        for (String bytes : List.of("", "[]", "{}", "{\"packet\": {}}", "{\"packet\": 7}")) {
            ApiError error = refusal(bytes.getBytes(UTF_8), "400");
            assertThat(error.code()).as(bytes).isEqualTo(ApiError.INVALID_REQUEST);
            assertThat(error.message()).as(bytes).contains("ProbeRequest");
        }
        assertThat(refusal("{\"packet\": {\"direction\": \"both\"}}".getBytes(UTF_8), "400")
                        .message())
                .contains("source_ip is missing");
        ApiError nowhere = refusal(
                Wire.write(new ProbeRequest(
                        new PacketTuple(Direction.INGRESS, "not an address", "10.0.0.2", 6, 1, 2, null, null, null))),
                "400");
        assertThat(nowhere.code()).isEqualTo(ApiError.INVALID_REQUEST);
        assertThat(nowhere.message())
                .isEqualTo("not a packet: source_ip: \"not an address\" is not an IPv4 or IPv6 address");
    }

    @Test
    void saysThatNothingIsLoadedYet() {
        bench.start().listening();
        awaitAnswers();
        ApiError error = refusal(Wire.write(new ProbeRequest(packet(Direction.INGRESS, 80))), "404");
        assertThat(error.code()).isEqualTo(ApiError.NOT_FOUND);
        assertThat(error.message()).isEqualTo("no programs are loaded on web-1");
    }

    @Test
    void saysWhyTheKernelWasNotAsked() {
        enforce();
        bench.datapath.refuseProbe = "EPERM: BPF_PROG_TEST_RUN";
        ApiError error = refusal(Wire.write(new ProbeRequest(packet(Direction.INGRESS, 80))), "500");
        assertThat(error.code()).isEqualTo(ApiError.INTERNAL);
        assertThat(error.message()).isEqualTo("the kernel was not asked: EPERM: BPF_PROG_TEST_RUN");
    }

    @Test
    void refusesMoreQuestionsThanTheDatapathCanBeBotheredWith() throws Exception {
        enforce();
        CountDownLatch busy = new CountDownLatch(1);
        bench.datapath.duringProbe = () -> {
            try {
                busy.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        byte[] question = Wire.write(new ProbeRequest(packet(Direction.INGRESS, 80)));
        List<CompletableFuture<Message>> replies = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            replies.add(control.bus
                    .connection()
                    .requestWithTimeout(Subjects.probe(bench.host), question, Duration.ofSeconds(60)));
        }
        // all 100 may fall into several seconds, but no more than 20 wait for a datapath that does not come back
        await().atMost(Duration.ofSeconds(30))
                .until(() -> replies.stream().filter(CompletableFuture::isDone).count() >= 80);
        for (CompletableFuture<Message> refused :
                replies.stream().filter(CompletableFuture::isDone).toList()) {
            assertThat(Wire.read(refused.get().getData(), ApiError.class).code())
                    .isEqualTo(ApiError.TOO_MANY_REQUESTS);
        }
        busy.countDown();
        await().atMost(Duration.ofSeconds(30)).until(() -> replies.stream().allMatch(CompletableFuture::isDone));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(
                                answer(packet(Direction.INGRESS, 80)).ruleId())
                        .as("a second later it answers again")
                        .isEqualTo("deny-first"));
    }

    @Test
    void answersNowhereButInAnInbox() throws Exception {
        enforce();
        control.bus
                .connection()
                .publish(
                        Subjects.probe(bench.host),
                        Subjects.system(bench.host),
                        Wire.write(new ProbeRequest(packet(Direction.INGRESS, 80))));
        control.bus.connection().flush(Duration.ofSeconds(10));
        answer(packet(Direction.INGRESS, 80)); // behind it, by the same subscription
        assertThat(control.read(Streams.SYSTEM, Subjects.system(bench.host), Map.class))
                .noneMatch(message -> message.containsKey("verdict"));
    }

    @Test
    void answersNoMoreWhenItStoppedAndAgainWhenItIsStartedAnew() {
        enforce();
        bench.stop();
        assertThatThrownBy(() -> ask("{}".getBytes(UTF_8)))
                .isInstanceOf(BusException.class)
                .hasMessageStartingWith("nobody answers");
        bench.start().listening();
        awaitAnswers();
        assertThat(answer(packet(Direction.INGRESS, 80)).revision()).isEqualTo(7);
    }

    private static PacketTuple packet(Direction direction, int port) {
        return new PacketTuple(direction, "10.0.0.1", "10.0.0.2", 6, 40_000, port, null, null, null);
    }

    private Message ask(byte[] request) {
        return control.bus.request(Subjects.probe(bench.host), request);
    }

    private ProbeReply answer(PacketTuple packet) {
        Message reply = ask(Wire.write(new ProbeRequest(packet)));
        assertThat(reply.hasHeaders())
                .as(() -> new String(reply.getData(), UTF_8))
                .isFalse();
        return Wire.read(reply.getData(), ProbeReply.class);
    }

    private ApiError refusal(byte[] request, String status) {
        Message reply = ask(request);
        assertThat(reply.getHeaders().getFirst("Nats-Service-Error-Code")).isEqualTo(status);
        return Wire.read(reply.getData(), ApiError.class);
    }
}
