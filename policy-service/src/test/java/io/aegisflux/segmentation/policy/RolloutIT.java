package io.aegisflux.segmentation.policy;

import static io.aegisflux.segmentation.policy.domain.Documents.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.Author;
import io.aegisflux.segmentation.contracts.PolicyAccepted;
import io.aegisflux.segmentation.contracts.PolicyApi;
import io.aegisflux.segmentation.contracts.PolicyId;
import io.aegisflux.segmentation.contracts.Rollout;
import io.aegisflux.segmentation.contracts.RolloutChange;
import io.aegisflux.segmentation.contracts.RolloutList;
import io.aegisflux.segmentation.contracts.RolloutRequest;
import io.aegisflux.segmentation.contracts.RolloutState;
import io.aegisflux.segmentation.contracts.RolloutStatus;
import io.aegisflux.segmentation.contracts.Streams;
import io.aegisflux.segmentation.contracts.Subjects;
import io.aegisflux.segmentation.contracts.SystemEvent;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.ServiceProcess;
import io.nats.client.Message;
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

/** Staged versions over real brokers and services; the hosts are simulated. Host a has the label tier=canary. */
class RolloutIT {
    private static final String CANARY = "label:tier=canary";

    private final List<SimulatedHost> hosts = new ArrayList<>();
    private PolicyBench bench;
    private ServiceProcess service;
    private SimulatedHost a;
    private SimulatedHost b;

    @BeforeEach
    void start() {
        bench = PolicyBench.start();
        service = bench.service();
        a = host("a", Map.of("tier", "canary"));
        b = host("b", Map.of());
        bench.publish("web", policy("web", 80));
        awaitTold(a, 1);
        awaitTold(b, 1);
    }

    @AfterEach
    void stop() {
        hosts.forEach(SimulatedHost::close);
        bench.close();
    }

    @Test
    void theCanaryGetsItTheOthersDoNotAndItIsPromotedWhenTheCanaryHasSoaked() {
        stage(443, "soak=2s");
        awaitTold(a, 2);
        RolloutStatus running = awaitStatus(it -> it.acknowledged() == 1);
        assertThat(running.state()).isEqualTo(RolloutState.RUNNING);
        assertThat(running.baseVersion()).isEqualTo(1);
        assertThat(running.hosts()).extracting(it -> it.hostId().value()).containsExactly("a", "b");
        assertThat(running.hosts())
                .extracting(RolloutStatus.Host::desiredVersion)
                .containsExactly(2L, 1L);
        assertThat(running.hosts())
                .extracting(RolloutStatus.Host::loadedVersion)
                .containsExactly(2L, 1L);
        assertThat(running.hosts().getFirst().health()).isEqualTo(RolloutStatus.Host.SOAKING);
        assertThat(b.told("web")).contains(1L);

        RolloutStatus promoted = awaitState(RolloutState.PROMOTED);
        assertThat(Duration.between(running.hosts().getFirst().acknowledgedAt(), promoted.since()))
                .isGreaterThanOrEqualTo(Duration.ofMillis(1_500)); // clocks of one machine, rounded
        assertThat(promoted.by()).isEqualTo(Rollout.SERVICE);
        awaitTold(b, 2);
        assertThat(a.told("web")).contains(2L);
        awaitStatus(it -> it.hosts().stream().allMatch(host -> Long.valueOf(2).equals(host.loadedVersion())));
        assertThat(told("rollout_started", "rollout_promoted")).hasSize(2);
    }

    @Test
    void hostsWhoseClocksAreAnHourOffAreCanariesAndAcknowledgeAndSoakAsOthersDo() {
        host("ahead", Map.of(), Duration.ofHours(1));
        host("behind", Map.of(), Duration.ofHours(-1));
        hosts.forEach(each -> awaitTold(each, 1));
        bench.stage("web", policy("web", 443), "100%", "soak=2s,ack=20s,silence=20s");
        RolloutStatus running = awaitStatus(it -> it.acknowledged() == 4);
        assertThat(running.canaryHosts()).isEqualTo(4);
        assertThat(running.hosts())
                .allSatisfy(host -> assertThat(Duration.between(host.acknowledgedAt(), Instant.now())
                                .abs())
                        .as("by the broker's clock")
                        .isLessThan(PolicyBench.PATIENCE));
        RolloutStatus promoted = awaitState(RolloutState.PROMOTED);
        assertThat(Duration.between(promoted.startedAt(), promoted.since()))
                .isGreaterThanOrEqualTo(Duration.ofMillis(1_500));
        PolicyApi.HostsReply known = Wire.read(ask(PolicyApi.HOSTS, new byte[0]).getData(), PolicyApi.HostsReply.class);
        assertThat(known.hosts())
                .hasSize(4)
                .allSatisfy(host -> assertThat(Duration.between(host.lastReport(), Instant.now())
                                .abs())
                        .as("when the broker took it")
                        .isLessThan(PolicyBench.PATIENCE.multipliedBy(4)));
    }

    @Test
    void aPercentageReachesAtLeastOneHostAndIsSeenInTheList() {
        bench.stage("web", policy("web", 443), "1%", "promote=manual");
        await().atMost(PolicyBench.PATIENCE)
                .until(() -> hosts.stream()
                                .filter(host -> host.told("web").equals(Optional.of(2L)))
                                .count()
                        == 1);
        RolloutList all = Wire.read(ask(PolicyApi.ROLLOUTS, new byte[0]).getData(), RolloutList.class);
        assertThat(all.rollouts()).singleElement().satisfies(it -> {
            assertThat(it.canaryHosts()).isEqualTo(1);
            assertThat(it.hostsTotal()).isEqualTo(2);
            assertThat(it.hosts()).isEmpty();
        });
        PolicyApi.ListReply list = Wire.read(ask(PolicyApi.LIST, new byte[0]).getData(), PolicyApi.ListReply.class);
        assertThat(list.policies()).singleElement().satisfies(it -> {
            assertThat(it.version()).isEqualTo(1);
            assertThat(it.rollout()).isEqualTo(new PolicyApi.Staged(2, RolloutState.RUNNING));
        });
    }

    @Test
    void aCanaryThatNeverAcknowledgesEndsItAndIsToldTheVersionBeforeAgain() {
        a.manner = SimulatedHost.Manner.DOES_NOT_APPLY;
        stage(443, "ack=2s");
        awaitTold(a, 2);
        RolloutStatus aborted = awaitState(RolloutState.ABORTED);
        assertThat(aborted.reason()).isEqualTo("a: has not acknowledged it within 2 s");
        awaitTold(a, 1);
        assertThat(b.told("web")).contains(1L);
        assertThat(told("rollout_aborted")).singleElement().satisfies(event -> {
            assertThat(event.message()).contains("version 2 is aborted, version 1 is back: a: has not");
            assertThat(event.level()).isEqualTo("warn");
        });

        a.manner = SimulatedHost.Manner.APPLIES; // the same document again is a new attempt
        stage(443, "soak=0s");
        awaitTold(b, 3);
        assertThat(history()).containsExactly(RolloutState.PROMOTED, RolloutState.ABORTED, null);
    }

    @Test
    void aCanaryThatRefusesTheTableEndsItAtOnce() {
        a.manner = SimulatedHost.Manner.REFUSES;
        stage(443, "soak=60s");
        assertThat(awaitState(RolloutState.ABORTED).reason()).isEqualTo("a: the table is not taken");
        awaitTold(a, 1);
    }

    @Test
    void aCanaryThatFallsSilentEndsIt() {
        stage(443, "soak=60s,silence=2s");
        awaitStatus(it -> it.acknowledged() == 1);
        a.manner = SimulatedHost.Manner.SAYS_NOTHING;
        assertThat(awaitState(RolloutState.ABORTED).reason()).isEqualTo("a: has said nothing for 2 s");
    }

    @Test
    void aDropSpikeEndsItAlsoWhilePausedThoughTheVersionBeforeDroppedMore() {
        a.deniedEachTime = 1_000;
        await().until(() -> bench.all(Streams.METRICS, Subjects.metrics(a.id)).size() > 3);
        a.deniedEachTime = 0;
        stage(443, "soak=60s,max-drops=1500");
        awaitStatus(it -> it.acknowledged() == 1);
        change(RolloutChange.PAUSE);
        assertThat(status().hosts().getFirst().drops()).isLessThan(1_500);
        assertThat(status().state()).isEqualTo(RolloutState.PAUSED);
        a.deniedEachTime = 1_000;
        RolloutStatus aborted = awaitState(RolloutState.ABORTED);
        assertThat(aborted.reason()).matches("a: its rules dropped [0-9]+ packets, at most 1500 are allowed");
        awaitTold(a, 1);
    }

    @Test
    void clientsPauseResumePromoteAndAbortAndWhatIsDecidedStays() throws Exception {
        stage(443, "soak=1s");
        change(RolloutChange.PAUSE);
        Thread.sleep(2_500);
        assertThat(status().state()).isEqualTo(RolloutState.PAUSED);
        assertThat(b.told("web")).contains(1L);
        change(RolloutChange.RESUME);
        awaitState(RolloutState.PROMOTED);
        ApiError late = Wire.read(
                ask(PolicyApi.ROLLOUT_CHANGE, Wire.write(wanted(2L, RolloutChange.ABORT)))
                        .getData(),
                ApiError.class);
        assertThat(late.code()).isEqualTo(ApiError.VERSION_CONFLICT);
        assertThat(late.message()).contains("is promoted already");

        stage(22, "promote=manual,soak=0s");
        awaitStatus(
                it -> RolloutStatus.Host.HEALTHY.equals(it.hosts().getFirst().health()));
        assertThat(b.told("web")).contains(2L);
        assertThat(Wire.read(
                                ask(PolicyApi.ROLLOUT_CHANGE, Wire.write(wanted(2L, RolloutChange.PROMOTE)))
                                        .getData(),
                                ApiError.class)
                        .message())
                .contains("version 3 of web is staged, not 2");
        RolloutStatus promoted = change(RolloutChange.PROMOTE);
        assertThat(promoted.state()).isEqualTo(RolloutState.PROMOTED);
        assertThat(promoted.by()).isEqualTo(Rollout.CLIENT);
        awaitTold(b, 3);

        stage(23, "promote=manual");
        awaitTold(a, 4);
        assertThat(change(RolloutChange.ABORT).reason()).isEqualTo("a test wants it");
        awaitTold(a, 3);
    }

    @Test
    void aPlainPublishSupersedesItAndADeletionToo() {
        stage(443, "soak=60s");
        awaitTold(a, 2);
        bench.publish("web", policy("web", 8080));
        awaitTold(a, 3);
        awaitTold(b, 3);
        stage(22, "soak=60s");
        awaitTold(a, 4);
        stage(23, "soak=60s"); // another attempt over the same base
        awaitTold(a, 5);
        assertThat(b.told("web")).contains(3L);
        assertThat(status().baseVersion()).isEqualTo(3);
        bench.publish("web", new byte[0]);
        await().atMost(PolicyBench.PATIENCE)
                .until(() -> a.told("web").isEmpty() && b.told("web").isEmpty());
        await().atMost(PolicyBench.PATIENCE)
                .untilAsserted(() -> assertThat(history())
                        .containsExactly(
                                null,
                                RolloutState.SUPERSEDED,
                                RolloutState.SUPERSEDED,
                                null,
                                RolloutState.SUPERSEDED,
                                null));
        assertThat(told("rollout_superseded")).hasSize(3);
    }

    @Test
    void theStagedDocumentPublishedForAllHostsIsAVersionOfItsOwnAndStagedAgainIsNot() {
        stage(443, "soak=60s");
        awaitTold(a, 2);
        assertThat(accepted(bench.stage("web", policy("web", 443), CANARY, "soak=60s"))
                        .version())
                .isEqualTo(2);
        assertThat(accepted(bench.request("web", policy("web", 443))).version()).isEqualTo(3);
        awaitTold(b, 3);
        assertThat(bench.versions("web")).hasSize(3);
    }

    @Test
    void malformedHeadersAreRefusedAndChangeNothing() {
        ApiError refusal = Wire.read(
                bench.stage("web", policy("web", 443), "10", "soak=1s").getData(), ApiError.class);
        assertThat(refusal.code()).isEqualTo(ApiError.INVALID_POLICY);
        assertThat(refusal.violations().getFirst().reason()).contains("Segmentation-Canary is \"10\"");
        refusal = Wire.read(
                bench.stage("web", policy("web", 443), "10%", "soak=soon").getData(), ApiError.class);
        assertThat(refusal.violations().getFirst().reason()).contains("soak=soon");
        refusal = Wire.read(bench.stage("web", new byte[0], "10%", "soak=1s").getData(), ApiError.class);
        assertThat(refusal.violations().getFirst().reason()).contains("cannot be staged");
        bench.awaitSettled();
        assertThat(bench.versions("web")).hasSize(1);
        assertThat(bench.events(SystemEvent.POLICY_REJECTED)).hasSize(3);
    }

    @Test
    void anInstanceThatIsStartedAnewGoesOnWhereTheKilledOneWas() throws Exception {
        stage(443, "soak=10s"); // longer than a service takes to start on a busy machine
        Instant acknowledged =
                awaitStatus(it -> it.acknowledged() == 1).hosts().getFirst().acknowledgedAt();
        service.kill();
        Thread.sleep(1_000);
        bench.service();
        RolloutStatus status = status();
        assertThat(status.state()).isEqualTo(RolloutState.RUNNING);
        // What the host said before is read again.
        awaitStatus(it -> acknowledged.equals(it.hosts().getFirst().acknowledgedAt()));
        assertThat(b.told("web")).contains(1L);
        awaitState(RolloutState.PROMOTED);
        awaitTold(b, 2);
        assertThat(words()).extracting(Rollout::state).containsExactly(RolloutState.PROMOTED);
    }

    @Test
    void ofTwoInstancesOneDecidesAndTheOtherGoesOnWhereItIsKilled() {
        bench.service();
        stage(443, "soak=1s");
        awaitState(RolloutState.PROMOTED);
        stage(22, "soak=3s");
        awaitTold(a, 3);
        service.kill();
        awaitTold(b, 3);
        assertThat(words())
                .extracting(Rollout::version, Rollout::state)
                .containsExactly(tuple(2L, RolloutState.PROMOTED), tuple(3L, RolloutState.PROMOTED));
        assertThat(told("rollout_started")).hasSize(2);
        assertThat(told("rollout_promoted")).hasSize(2);
        assertThat(bench.events(SystemEvent.ERROR)).isEmpty();
    }

    @Test
    void aBrokerThatIsAwayLongerThanAnyTermEndsNothing() throws Exception {
        stage(443, "soak=2s,ack=2s,silence=2s");
        awaitStatus(it -> it.acknowledged() == 1);
        bench.nats.kill();
        Thread.sleep(5_000);
        bench.nats.startAgain();
        awaitState(RolloutState.PROMOTED);
        awaitTold(b, 2);
        assertThat(words()).extracting(Rollout::state).containsExactly(RolloutState.PROMOTED);
    }

    @Test
    void aWordThatSomebodyWritesAgainUndoesNothing() {
        stage(443, "promote=manual");
        awaitTold(a, 2);
        change(RolloutChange.PAUSE);
        byte[] paused = bench.all(Streams.ROLLOUTS, Subjects.rollout(new PolicyId("web")))
                .getFirst()
                .data();
        change(RolloutChange.ABORT);
        awaitTold(a, 1);
        bench.bus.publish(Subjects.rollout(new PolicyId("web")), paused, null);
        bench.bus.publish(Subjects.rollout(new PolicyId("web")), "nonsense".getBytes(), null);
        await().atMost(PolicyBench.PATIENCE)
                .until(() -> bench.events(SystemEvent.MESSAGE_REJECTED).size() == 1);
        assertThat(status().state()).isEqualTo(RolloutState.ABORTED);
        service.kill();
        service = bench.service();
        assertThat(status().state()).isEqualTo(RolloutState.ABORTED);
        assertThat(a.told("web")).contains(1L);
    }

    private SimulatedHost host(String name, Map<String, String> labels) {
        return host(name, labels, Duration.ZERO);
    }

    private SimulatedHost host(String name, Map<String, String> labels, Duration clockAhead) {
        SimulatedHost host = new SimulatedHost(bench, name, labels, clockAhead);
        hosts.add(host);
        return host;
    }

    private static PolicyAccepted accepted(Message reply) {
        return Wire.read(reply.getData(), PolicyAccepted.class);
    }

    private void stage(int port, String rollout) {
        Message reply = bench.stage("web", policy("web", port), CANARY, rollout);
        assertThat(new String(reply.getData())).doesNotContain("\"error\"");
    }

    private void awaitTold(SimulatedHost host, long version) {
        await().atMost(PolicyBench.PATIENCE).until(() -> host.told("web").equals(Optional.of(version)));
    }

    private Message ask(String verb, byte[] request) {
        return bench.bus.request(Subjects.api(PolicyApi.SERVICE, verb), request);
    }

    private RolloutStatus status() {
        return Wire.read(
                ask(PolicyApi.ROLLOUT, Wire.write(new RolloutRequest(new PolicyId("web"))))
                        .getData(),
                RolloutStatus.class);
    }

    private RolloutStatus awaitStatus(Predicate<RolloutStatus> so) {
        return await().atMost(PolicyBench.PATIENCE).ignoreExceptions().until(this::status, so);
    }

    private RolloutStatus awaitState(RolloutState state) {
        return awaitStatus(it -> it.state() == state);
    }

    private RolloutStatus change(String action) {
        return Wire.read(
                ask(PolicyApi.ROLLOUT_CHANGE, Wire.write(wanted(null, action))).getData(), RolloutStatus.class);
    }

    private static RolloutChange wanted(Long version, String action) {
        return new RolloutChange(new PolicyId("web"), version, action, "a test wants it", new Author("ann"));
    }

    private List<Rollout> words() {
        return bench.all(Streams.ROLLOUTS, Subjects.rollout(new PolicyId("web"))).stream()
                .map(message -> Wire.read(message.data(), Rollout.class))
                .toList();
    }

    private List<RolloutState> history() {
        List<RolloutState> states = new ArrayList<>();
        Wire.read(
                        ask(PolicyApi.HISTORY, Wire.write(new PolicyApi.HistoryRequest(new PolicyId("web"), null)))
                                .getData(),
                        PolicyApi.HistoryReply.class)
                .versions()
                .forEach(version -> states.add(version.rollout()));
        return states;
    }

    private List<SystemEvent> told(String... types) {
        return bench.all(Streams.SYSTEM, Subjects.systemOfService(PolicyBench.SERVICE)).stream()
                .map(message -> Wire.read(message.data(), SystemEvent.class))
                .filter(event -> List.of(types).contains(event.eventType()))
                .toList();
    }
}
