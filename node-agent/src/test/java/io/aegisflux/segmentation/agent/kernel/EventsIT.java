package io.aegisflux.segmentation.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.agent.domain.Counters;
import io.aegisflux.segmentation.agent.domain.DecisionRecord;
import io.aegisflux.segmentation.agent.domain.XdpMode;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.Verdict;
import io.aegisflux.segmentation.harness.NeedsKernel;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Of equal decisions the first is told at once, the others in sum; what cannot be told is counted. */
@NeedsKernel
class EventsIT {
    private static final int PORT = 7_000;
    private static final int OTHER = 7_001;

    /** More than REPEATS_MAX of bpf/maps.h. */
    private static final int KINDS = 40_000;

    private final List<DecisionRecord> decisions = new ArrayList<>();
    private TwoHosts hosts;
    private KernelDatapath datapath;

    @BeforeEach
    void start() {
        hosts = new TwoHosts();
    }

    @AfterEach
    void stop() {
        hosts.host().run(() -> datapath.remove());
        hosts.close();
    }

    @Test
    void repeatsOfADecisionAreToldInSumAndNoneIsLost() throws IOException {
        begin(0);
        int sent = 20_000;
        try (DatagramSocket client = client()) {
            send(client, PORT, 1);
            awaitTold(decision -> decision.count() == 1, 1);
            send(client, PORT, sent - 1);
        }
        awaitTold(decision -> decision.destPort() == PORT, sent);
        assertThat(told()).as("messages for %d packets", sent).hasSizeLessThan(sent / 100);
        DecisionRecord sum = told().stream()
                .max((one, other) -> Long.compare(one.count(), other.count()))
                .orElseThrow();
        assertThat(sum.ruleId()).isEqualTo("deny");
        assertThat(sum.verdict()).isEqualTo(Verdict.DROPPED);
        assertThat(sum.sourceIp()).isEqualTo(TwoHosts.PEER4);
        assertThat(sum.bytes()).isEqualTo(sum.count() * 43); // Ethernet, IPv4 and UDP headers, and one byte
        assertThat(sum.first()).isBeforeOrEqualTo(sum.time());
        assertThat(counters().eventsLost()).isZero();
    }

    @Test
    void whatStoodStillIsToldAtOnceWhenItComesAgain() throws Exception {
        begin(0);
        try (DatagramSocket client = client()) {
            for (int i = 1; i <= 3; i++) {
                send(client, PORT, 1);
                awaitTold(decision -> decision.destPort() == PORT, i);
                Thread.sleep(1_200); // two looks: the entry is gone
            }
        }
        assertThat(told()).hasSize(3).allMatch(decision -> decision.count() == 1);
        assertThat(counters().eventsLost()).isZero();
    }

    @Test
    void aRuleMakesNoMoreEventsThanItMayAndOthersAreToldStill() throws IOException {
        begin(50);
        int sent = 2_000;
        sendFromManyPorts(PORT, sent, 1);
        try (DatagramSocket client = client()) {
            send(client, OTHER, 1);
        }
        awaitTold(decision -> "other".equals(decision.ruleId()), 1);
        await().untilAsserted(() -> assertThat(sum(decision -> "deny".equals(decision.ruleId()))
                        + counters().eventsLost())
                .isEqualTo(sent));
        assertThat(sum(decision -> "deny".equals(decision.ruleId()))).isBetween(50L, sent / 2L);
        assertThat(hits("deny")).as("the rule's counter is exact").isEqualTo(sent);
    }

    @Test
    void whatIsEvictedBeforeItIsReadIsCountedAsLost() throws IOException {
        begin(0);
        sendFromManyPorts(PORT, KINDS, 2);
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> assertThat(sum(decision -> true) + counters().eventsLost())
                                .isEqualTo(2L * KINDS));
        assertThat(hits("deny")).isEqualTo(2L * KINDS);
    }

    @Test
    void whatCameWhileNoAgentRanIsToldOrCountedAsLost() throws IOException {
        begin(0);
        try (DatagramSocket known = client();
                DatagramSocket fresh = client()) {
            send(known, PORT, 100);
            awaitTold(decision -> decision.destPort() == PORT, 100);
            hosts.host().run(() -> datapath.close());
            send(known, PORT, 10);
            send(fresh, OTHER, 7);
        }
        datapath = datapath(0);
        hosts.host().run(() -> datapath.adopt());
        awaitTold(decision -> "other".equals(decision.ruleId()), 7);
        await().untilAsserted(() -> assertThat(sum(decision -> decision.destPort() == PORT)
                        + counters().eventsLost())
                .isEqualTo(110));
    }

    private void begin(int eventRate) {
        datapath = datapath(eventRate);
        RuleTable table = Tables.of("events", 1, """
                "priority": 1, "default_action": "none", "rules": [%s, %s]""".formatted(rule("deny", PORT), rule("other", OTHER)));
        hosts.host().run(() -> {
            datapath.load(CompiledObject.bytes(), CompiledObject.digest());
            datapath.install(table, Tables.identity(table, 1), Instant.now(), Duration.ZERO);
        });
    }

    private KernelDatapath datapath(int eventRate) {
        KernelDatapath made = hosts.host()
                .call(() -> KernelDatapath.of(
                        new KernelDatapath.Places(
                                hosts.pins(), List.of("eth0"), Optional.empty(), XdpMode.OFF, Action.ALLOW, eventRate),
                        Clock.systemUTC()));
        made.onDecision(decision -> {
            synchronized (decisions) {
                decisions.add(decision);
            }
        });
        return made;
    }

    private static String rule(String id, int port) {
        return """
                {"id": "%s", "action": "deny", "priority": 1, "conditions": [
                  {"field": "dest_port", "operator": "eq", "value": %d}]}""".formatted(id, port);
    }

    private DatagramSocket client() {
        return hosts.peer().call(() -> new DatagramSocket());
    }

    private static void send(DatagramSocket client, int port, int count) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[] {7}, 1, InetAddress.getByName(TwoHosts.HOST4), port);
        for (int i = 0; i < count; i++) {
            client.send(packet);
        }
    }

    /** As many kinds of decisions as ports. */
    private void sendFromManyPorts(int port, int kinds, int times) {
        hosts.peer().run(() -> {
            for (int source : IntStream.range(20_000, 20_000 + kinds).toArray()) {
                try (DatagramSocket client = new DatagramSocket(source)) {
                    send(client, port, times);
                }
            }
        });
    }

    private void awaitTold(Predicate<DecisionRecord> like, long count) {
        await().untilAsserted(() -> assertThat(sum(like)).isEqualTo(count));
    }

    private long sum(Predicate<DecisionRecord> like) {
        return told().stream().filter(like).mapToLong(DecisionRecord::count).sum();
    }

    private List<DecisionRecord> told() {
        synchronized (decisions) {
            return List.copyOf(decisions);
        }
    }

    private Counters counters() {
        return hosts.host().call(() -> datapath.counters());
    }

    private long hits(String rule) {
        return counters().rules().stream()
                .filter(hit -> hit.ruleId().equals(rule))
                .mapToLong(hit -> hit.packets())
                .sum();
    }
}
