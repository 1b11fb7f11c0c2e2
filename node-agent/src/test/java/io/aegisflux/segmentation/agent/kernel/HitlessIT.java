package io.aegisflux.segmentation.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.agent.domain.DecisionRecord;
import io.aegisflux.segmentation.agent.domain.XdpMode;
import io.aegisflux.segmentation.contracts.MetricsReport;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.Verdict;
import io.aegisflux.segmentation.harness.NeedsKernel;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Switches and dead agents under a flood: no packet is judged by a mixture, nothing denied passes, nothing allowed breaks. */
@NeedsKernel
class HitlessIT {
    private static final int SWAPS = 100;
    private static final int KILLS = 20;
    private static final int UNCONFIRMED_EVERY = 5;
    private static final int PROBES = 2;
    private static final Duration LISTENING = Duration.ofMillis(50);
    private static final Duration WITHIN = Duration.ofSeconds(3);

    private TwoHosts hosts;
    private KernelDatapath datapath;
    private ServerSocket kept;
    private DatagramChannel never;
    private List<DatagramChannel> listeners;
    private Socket connection;

    @BeforeEach
    void start() throws IOException {
        hosts = new TwoHosts();
        kept = hosts.listen(hosts.host(), Flood.KEPT);
        never = channel(Flood.NEVER);
        listeners = IntStream.range(Flood.FIRST, Flood.FIRST + Flood.PORTS) // nothing is answered with an ICMP error
                .mapToObj(this::channel)
                .toList();
        datapath = hosts.datapath(XdpMode.OFF);
        hosts.host().run(() -> datapath.load(CompiledObject.bytes(), CompiledObject.digest()));
        install(1);
        connection = hosts.peer().call(() -> new Socket(TwoHosts.HOST4, Flood.KEPT));
    }

    @AfterEach
    void stop() throws IOException {
        connection.close();
        kept.close();
        never.close();
        for (DatagramChannel listener : listeners) {
            listener.close();
        }
        hosts.host().run(() -> datapath.remove());
        hosts.close();
    }

    @Test
    void eachVerdictBelongsWhollyToOneOfTwoTables() throws IOException {
        Set<String> mixtures = ConcurrentHashMap.newKeySet();
        Set<Long> versions = ConcurrentHashMap.newKeySet();
        AtomicLong drops = new AtomicLong();
        datapath.onDecision(decision -> {
            if (decision.verdict() == Verdict.DROPPED) {
                drops.incrementAndGet();
                versions.add(decision.policyVersion());
                if (isMixture(decision)) {
                    mixtures.add(decision.toString());
                }
            }
        });
        long sent;
        try (Flood flood = new Flood(hosts)) {
            for (int revision = 2; revision < 2 + SWAPS; revision++) {
                install(revision);
                assertThat(TwoHosts.carries(connection)).isTrue();
            }
            sent = flood.stop();
        }
        assertThat(mixtures).isEmpty();
        assertThat(drops).hasPositiveValue();
        assertThat(versions).hasSizeGreaterThan(SWAPS / 2);
        List<MetricsReport.RuleHit> hits =
                hosts.host().call(() -> datapath.counters()).rules();
        assertThat(hits).extracting(MetricsReport.RuleHit::ruleId).doesNotContain("default-action");
        assertThat(hits.stream()
                        .filter(hit -> !hit.ruleId().equals("kept"))
                        .mapToLong(MetricsReport.RuleHit::packets)
                        .sum())
                .as("every packet was decided by the rule of its port")
                .isEqualTo(sent);
        requireNothingForbiddenArrived();
    }

    @Test
    void anAgentThatIsKilledAtAnyMomentChangesNothing() throws Exception {
        Random random = new Random(1);
        hosts.host().run(() -> datapath.close());
        try (Flood flood = new Flood(hosts)) {
            for (int kill = 1; kill <= KILLS; kill++) {
                boolean unconfirmed = kill % UNCONFIRMED_EVERY == 0;
                killAgent(unconfirmed, 50 + random.nextInt(300));
                assertThat(TwoHosts.carries(connection))
                        .as("after kill %d", kill)
                        .isTrue();
            }
            assertThat(flood.stop()).isPositive();
        }
        datapath = hosts.datapath(XdpMode.OFF);
        hosts.host().run(() -> datapath.adopt());
        assertThat(hosts.host().call(() -> datapath.counters()).rules())
                .extracting(MetricsReport.RuleHit::ruleId)
                .contains("never", "kept")
                .doesNotContain("default-action");
        requireNothingForbiddenArrived();
    }

    /** Starts an agent, and kills it after a while in which it swaps, or between a switch and its confirmation. */
    private void killAgent(boolean unconfirmed, int millis) throws Exception {
        Process agent = hosts.startOnHost(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                SwappingAgent.class.getName(),
                hosts.pins().toString(),
                (unconfirmed ? WITHIN : Duration.ZERO).toString()));
        try (BufferedReader output = agent.inputReader()) {
            assertThat(output.readLine()).isEqualTo("adopted");
            if (unconfirmed) {
                long version = Long.parseLong(output.readLine());
                long start = System.nanoTime();
                agent.destroyForcibly().waitFor();
                await().atMost(Duration.ofSeconds(1)).until(() -> isInForce(version));
                await().pollInterval(Duration.ofMillis(10)).until(() -> isInForce(version - 1));
                assertThat(Duration.ofNanos(System.nanoTime() - start))
                        .isBetween(WITHIN.minusSeconds(1), WITHIN.plusSeconds(1));
            } else {
                Thread.sleep(millis);
            }
        } finally {
            agent.destroyForcibly().waitFor();
        }
    }

    /** Whether what a version allows arrives, and the other half of the flood does not. */
    private boolean isInForce(long version) throws IOException, InterruptedException {
        for (int i = 0; i < PROBES; i++) {
            drain(listeners.get(i));
        }
        Thread.sleep(LISTENING);
        for (int i = 0; i < PROBES; i++) {
            if (drain(listeners.get(i)) > 0 == Flood.isDenied(Flood.FIRST + i, version)) {
                return false;
            }
        }
        return true;
    }

    private static int drain(DatagramChannel listener) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(8);
        int count = 0;
        while (listener.receive(buffer.clear()) != null) {
            count++;
        }
        return count;
    }

    private void requireNothingForbiddenArrived() throws IOException {
        assertThat(drain(never)).isZero();
    }

    private static boolean isMixture(DecisionRecord drop) {
        return drop.ruleId() == null
                || !drop.ruleId().equals(drop.destPort() == Flood.NEVER ? "never" : "port-" + drop.destPort())
                || !Flood.isDenied(drop.destPort(), drop.policyVersion());
    }

    private DatagramChannel channel(int port) {
        return hosts.host().call(() -> {
            DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
            channel.configureBlocking(false);
            return channel.bind(new InetSocketAddress(port));
        });
    }

    private void install(long version) {
        RuleTable table = Flood.table(version);
        hosts.host().run(() -> datapath.install(table, Tables.identity(table, version), Instant.now(), Duration.ZERO));
    }
}
