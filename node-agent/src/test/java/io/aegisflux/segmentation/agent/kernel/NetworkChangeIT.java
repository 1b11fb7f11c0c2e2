package io.aegisflux.segmentation.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.agent.Agent;
import io.aegisflux.segmentation.agent.config.Environment;
import io.aegisflux.segmentation.agent.domain.DomainFixtures;
import io.aegisflux.segmentation.agent.domain.HostFacts;
import io.aegisflux.segmentation.agent.domain.HostNetwork;
import io.aegisflux.segmentation.agent.domain.XdpMode;
import io.aegisflux.segmentation.agent.libbpf.AttachedPrograms;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfLink;
import io.aegisflux.segmentation.agent.libbpf.BpfProgram;
import io.aegisflux.segmentation.agent.libbpf.NetDevices;
import io.aegisflux.segmentation.agent.libbpf.TcFilter;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.harness.NeedsKernel;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Interfaces that appear, go and are renamed under the datapath. */
@NeedsKernel
class NetworkChangeIT {
    private static final int PORT = 5432;
    private static final int OTHER = 5433;
    private static final Duration SOON = Duration.ofSeconds(2);

    @TempDir
    Path directory;

    private TwoHosts hosts;
    private ServerSocket server;
    private ServerSocket otherServer;
    private KernelDatapath datapath;

    @BeforeEach
    void start() {
        hosts = new TwoHosts();
        server = hosts.listen(hosts.host(), PORT);
        otherServer = hosts.listen(hosts.host(), OTHER);
        datapath = on(true, XdpMode.OFF);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        otherServer.close();
        hosts.host().run(() -> datapath.remove());
        hosts.close();
    }

    @ParameterizedTest(name = "tcx {0}")
    @ValueSource(booleans = {true, false})
    void anInterfaceThatAppearsIsProtected(boolean tcx) {
        hosts.cut();
        enforceOn(tcx, XdpMode.OFF);
        assertThat(datapath.hooks()).containsEntry("tc_ingress@eth0", "off: there is no interface of this name now");
        hosts.join();
        assertThat(look()).contains("tc_ingress@eth0 was attached (%s)".formatted(tcx ? "tcx" : "clsact"));
        assertEnforces();
        assertThat(look()).as("nothing is left to do").isEmpty();
    }

    @ParameterizedTest(name = "tcx {0}")
    @ValueSource(booleans = {true, false})
    void anInterfaceThatGoesLeavesNoPinAndIsProtectedWhenItIsMadeAnew(boolean tcx) throws IOException {
        enforceOn(tcx, XdpMode.NATIVE);
        int before = index("eth0");
        hosts.cut();
        look();
        assertThat(datapath.hooks())
                .containsEntry("tc_ingress@eth0", "off: there is no interface of this name now")
                .containsEntry("xdp@eth0", "off: there is no interface of this name now");
        assertThat(links()).noneMatch(link -> link.endsWith("=eth0"));
        hosts.join();
        look();
        assertThat(index("eth0")).isNotEqualTo(before);
        assertEnforces();
    }

    @ParameterizedTest(name = "tcx {0}")
    @ValueSource(booleans = {true, false})
    void anInterfaceThatLosesItsNameIsLeftAndProtectedWhenItHasItAgain(boolean tcx) {
        enforceOn(tcx, XdpMode.NATIVE);
        int ifindex = index("eth0");
        assertThat(programsOn(ifindex)).hasSize(3);
        rename("eth0", "away0");
        look();
        assertThat(programsOn(ifindex)).isEmpty();
        assertThat(datapath.hooks())
                .containsEntry("tc_egress@eth0", "off: there is no interface of this name now")
                .containsEntry("xdp@eth0", "off: there is no interface of this name now");
        assertThat(reaches(PORT)).isTrue();
        rename("away0", "eth0");
        look();
        assertThat(index("eth0")).isEqualTo(ifindex);
        assertThat(programsOn(ifindex)).hasSize(3);
        assertEnforces();
    }

    @ParameterizedTest(name = "tcx {0}")
    @ValueSource(booleans = {true, false})
    void interfacesThatSwapTheirNamesAreBothProtected(boolean tcx) {
        hosts.ipOfHost("link", "add", "eth1", "type", "veth", "peer", "name", "peer1");
        enforceOn(tcx, XdpMode.NATIVE);
        int first = index("eth0");
        int second = index("eth1");
        rename("eth0", "swap0");
        rename("eth1", "eth0");
        rename("swap0", "eth1");
        look();
        assertThat(index("eth0")).isEqualTo(second);
        assertThat(programsOn(first)).hasSize(3);
        assertThat(programsOn(second)).hasSize(3);
        assertEnforces();
        assertThat(look()).isEmpty();
    }

    @ParameterizedTest(name = "tcx {0}")
    @ValueSource(booleans = {true, false})
    void anInterfaceThatWasRenamedWhileNoAgentRanIsLeft(boolean tcx) {
        enforceOn(tcx, XdpMode.OFF);
        int ifindex = index("eth0");
        datapath.close();
        rename("eth0", "away0");
        assertThat(programsOn(ifindex)).hasSize(2);
        datapath = on(tcx, XdpMode.OFF);
        assertThat(hosts.host().call(datapath::adopt)).isPresent();
        assertThat(programsOn(ifindex)).isEmpty();
    }

    @Test
    void anInterfaceIsProtectedThoughAnotherOneCannotBe() throws Exception {
        hosts.ipOfHost("link", "add", "eth1", "type", "veth", "peer", "name", "peer1");
        hosts.cut();
        enforceOn(true, XdpMode.GENERIC);
        hosts.join();
        try (ForeignPrograms foreign = ForeignPrograms.load();
                BpfProgram program = foreign.xdp();
                BpfLink taken = hosts.host().call(() -> BpfLink.xdp(program, eth0(), BpfLink.XdpPath.GENERIC))) {
            assertThatThrownBy(this::look)
                    .hasMessageContaining("xdp@eth0: bpf_link_create at XDP: EBUSY, for foreign_xdp (id %d) is there"
                            .formatted(program.id()));
            assertThat(datapath.hooks())
                    .containsEntry("tc_ingress@eth0", "tcx")
                    .containsEntry("tc_ingress@eth1", "tcx")
                    .containsEntry("xdp@eth1", "generic");
            taken.detach();
        }
        assertThat(look()).contains("xdp@eth0 was attached (generic)");
    }

    @Test
    void tellsOfChangesUntilItIsClosed() {
        AtomicInteger told = new AtomicInteger();
        hosts.host().run(() -> datapath.onNetworkChange(told::incrementAndGet));
        hosts.ipOfHost("link", "add", "some0", "type", "veth", "peer", "name", "some1");
        await().atMost(SOON).until(() -> told.get() > 0);
        quiet(told);
        hosts.ipOfHost("addr", "add", "198.18.61.1/24", "dev", "some0");
        await().atMost(SOON).until(() -> told.getAndSet(0) > 0);
        hosts.host().run(() -> datapath.close());
        quiet(told);
        hosts.ipOfHost("link", "del", "some0");
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("network-changes");
        assertThat(told).hasValue(0);
    }

    @Test
    void aBurstIsToldInFewWordsAndNothingLeaks() throws IOException {
        enforceOn(true, XdpMode.OFF);
        AtomicInteger told = new AtomicInteger();
        hosts.host()
                .run(() -> datapath.onNetworkChange(() -> {
                    told.incrementAndGet();
                    sleep(Duration.ofMillis(50)); // as long as a slow look
                }));
        look();
        long descriptors = descriptors();
        for (int round = 0; round < 40; round++) {
            hosts.ipOfHost("link", "add", "eth1", "type", "veth", "peer", "name", "peer1");
            look();
            hosts.ipOfHost("link", "del", "eth1");
            look();
        }
        assertThat(links()).noneMatch(link -> link.endsWith("=eth1"));
        assertThat(descriptors()).isLessThanOrEqualTo(descriptors + 2);
        assertThat(told.get()).as("each round makes several messages").isBetween(1, 80);
    }

    /** It follows no bus, so it never polls: what it hears it hears by netlink. */
    @Test
    void anAgentProtectsANewInterfaceWithinTwoSecondsWithoutAPoll() throws InterruptedException {
        enforceOn(true, XdpMode.OFF);
        datapath.close();
        hosts.cut();
        try (Agent agent = agent(on(true, XdpMode.OFF))) {
            hosts.host().call(() -> {
                agent.restore(System.currentTimeMillis());
                return null;
            });
            assertThat(agent.status().hooks()).containsKey("tc_ingress@eth0");
            hosts.join();
            Instant joined = Instant.now();
            await().atMost(SOON)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> "tcx".equals(agent.status().hooks().get("tc_egress@eth0")));
            System.out.printf(
                    "a new interface is protected after %d ms%n",
                    Duration.between(joined, Instant.now()).toMillis());
            assertEnforces();
            int ifindex = index("eth0");
            rename("eth0", "away0");
            await().atMost(SOON).until(() -> programsOn(ifindex).isEmpty());
            rename("away0", "eth0");
            await().atMost(SOON).until(() -> programsOn(ifindex).size() == 2);
            assertEnforces();
        }
        assertThat(connects(PORT)).as("what is enforced stays").isFalse();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("network-changes");
    }

    private Agent agent(KernelDatapath ofAgent) {
        DomainFixtures.signer(directory, "policy");
        DomainFixtures.signer(directory, "artifact");
        Map<String, String> variables = Map.of(
                "AGENT_HOST_ID",
                "network-1",
                "AGENT_INTERFACES",
                "eth0,eth1",
                "AGENT_POLL_INTERVAL",
                "1h",
                "AGENT_STATE_DIR",
                directory.resolve("state").toString(),
                "AGENT_POLICY_KEYS",
                DomainFixtures.publicKey(directory, "policy").toString(),
                "AGENT_ARTIFACT_KEYS",
                DomainFixtures.publicKey(directory, "artifact").toString(),
                "NATS_URL",
                "nats://127.0.0.1:1");
        HostFacts facts = new HostFacts("host-of-tests", "x86_64", "6.18.0", true, Map.of(), Map.of());
        return hosts.host()
                .call(() -> new Agent(
                        new Environment(variables::get).agent(),
                        ofAgent,
                        () -> facts,
                        () -> HostNetwork.Seen.NOTHING,
                        Clock.systemUTC()));
    }

    private KernelDatapath on(boolean tcx, XdpMode xdp) {
        return hosts.host()
                .call(() -> KernelDatapath.of(
                        new KernelDatapath.Places(
                                hosts.pins(), List.of("eth0", "eth1"), Optional.empty(), xdp, Action.ALLOW),
                        tcx,
                        Clock.systemUTC()));
    }

    private void enforceOn(boolean tcx, XdpMode xdp) {
        datapath = on(tcx, xdp);
        hosts.host().run(() -> {
            datapath.load(CompiledObject.bytes(), CompiledObject.digest());
            var table = Tables.denyingPort(PORT, "ingress", 1);
            datapath.install(table, Tables.identity(table, 1), Instant.now(), Duration.ZERO);
        });
    }

    private void assertEnforces() {
        assertThat(connects(PORT)).isFalse();
        assertThat(reaches(OTHER)).isTrue();
    }

    private List<String> look() {
        return hosts.host().call(() -> datapath.reconcile());
    }

    /** The name of an interface can be changed while it is down. */
    private void rename(String from, String to) {
        hosts.ipOfHost("link", "set", from, "down");
        hosts.ipOfHost("link", "set", from, "name", to);
        hosts.ipOfHost("link", "set", to, "up");
    }

    private int index(String name) {
        return hosts.host().call(() -> NetDevices.find(name).orElseThrow().index());
    }

    /** On the host's thread. */
    private static int eth0() throws BpfException {
        return NetDevices.find("eth0").orElseThrow().index();
    }

    /** Whoever's they are. */
    private List<Integer> programsOn(int ifindex) {
        return hosts.host().call(() -> attached(ifindex));
    }

    private static List<Integer> attached(int ifindex) throws BpfException {
        List<Integer> ids = new ArrayList<>(AttachedPrograms.xdp(ifindex));
        ids.addAll(AttachedPrograms.tcx(ifindex, BpfLink.Hook.TCX_INGRESS));
        ids.addAll(AttachedPrograms.tcx(ifindex, BpfLink.Hook.TCX_EGRESS));
        ids.addAll(TcFilter.programs(ifindex, TcFilter.Way.INGRESS));
        ids.addAll(TcFilter.programs(ifindex, TcFilter.Way.EGRESS));
        return ids;
    }

    private List<String> links() throws IOException {
        try (Stream<Path> links = Files.list(hosts.pins().resolve("links"))) {
            return links.map(link -> link.getFileName().toString()).toList();
        }
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    private static void quiet(AtomicInteger told) {
        await().pollInterval(Duration.ofMillis(100)).until(() -> told.getAndSet(0) == 0);
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean reaches(int port) {
        return hosts.reaches(hosts.peer(), TwoHosts.HOST4, port);
    }

    private boolean connects(int port) {
        return hosts.connects(hosts.peer(), TwoHosts.HOST4, port);
    }
}
