package io.aegisflux.segmentation.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.aegisflux.segmentation.agent.domain.XdpMode;
import io.aegisflux.segmentation.agent.libbpf.AttachedPrograms;
import io.aegisflux.segmentation.agent.libbpf.BpfLink;
import io.aegisflux.segmentation.agent.libbpf.BpfProgram;
import io.aegisflux.segmentation.agent.libbpf.NetDevices;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.harness.NeedsKernel;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Programs of other tools on our hooks: they see their packets, stay when ours go, and are told of. */
@NeedsKernel
class OtherProgramsIT {
    private static final int PORT = 5432;
    private static final int OTHER = 5433;

    private final List<AutoCloseable> open = new ArrayList<>();
    private TwoHosts hosts;
    private KernelDatapath datapath;
    private ForeignPrograms first;
    private ForeignPrograms second;
    private int firstId;
    private int secondId;

    @BeforeEach
    void start() throws Exception {
        hosts = new TwoHosts();
        open.add(hosts);
        for (int port : List.of(PORT, OTHER)) {
            ServerSocket server = keep(hosts.listen(hosts.host(), port));
            assertThat(server.isBound()).isTrue();
        }
        first = keep(ForeignPrograms.load());
        second = keep(ForeignPrograms.load());
        firstId = id(first.tc());
        secondId = id(second.tc());
        datapath = hosts.datapath(XdpMode.OFF);
    }

    @AfterEach
    void stop() throws Exception {
        hosts.host().run(() -> datapath.remove());
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void onTcxThoseBeforeAndAfterOursSeeTheirPacketsAndAreTold() throws Exception {
        BpfLink before = attachTcx(first);
        load();
        assertThat(datapath.hooks())
                .containsEntry("tc_ingress@eth0", "tcx; also foreign_tc (id %d) before ours".formatted(firstId))
                .containsEntry("tc_egress@eth0", "tcx");
        BpfLink after = attachTcx(second);
        assertThat(look())
                .containsExactlyInAnyOrder(
                        "tc_ingress@eth0: foreign_tc (id %d) before ours runs too".formatted(firstId),
                        "tc_ingress@eth0: foreign_tc (id %d) after ours runs too".formatted(secondId));
        assertThat(look()).isEmpty();
        assertThat(datapath.hooks())
                .containsEntry(
                        "tc_ingress@eth0",
                        "tcx; also foreign_tc (id %d) before ours, foreign_tc (id %d) after ours"
                                .formatted(firstId, secondId));

        installDenying();
        assertPacketsReachBoth();
        assertThat(hosts.connects(hosts.peer(), TwoHosts.HOST4, PORT)).isFalse();

        datapath.close();
        datapath = hosts.datapath(XdpMode.OFF);
        assertThat(hosts.host().call(datapath::adopt)).isPresent();
        assertThat(look()).as("another agent tells of them as well").hasSize(2);

        after.detach();
        assertThat(look())
                .containsExactly(
                        "tc_ingress@eth0: foreign_tc (id %d) after ours does not run any more".formatted(secondId));
        keep(attachTcx(second));
        hosts.host().run(() -> datapath.remove());
        assertThat(hosts.host().call(() -> AttachedPrograms.tcx(eth0(), BpfLink.Hook.TCX_INGRESS)))
                .containsExactly(firstId, secondId);
        assertPacketsReachBoth();
        before.detach();
    }

    @Test
    void onClsactThoseBeforeAndAfterOursSeeTheirPacketsAndAreTold() throws Exception {
        hosts.onHost("tc", "qdisc", "add", "dev", "eth0", "clsact");
        filter(first, "10");
        datapath = hosts.host().call(() -> KernelDatapath.of(hosts.places(XdpMode.OFF), false, Clock.systemUTC()));
        load();
        filter(second, "40000");
        assertThat(look())
                .containsExactlyInAnyOrder(
                        "tc_ingress@eth0: foreign_tc (id %d) before ours runs too".formatted(firstId),
                        "tc_ingress@eth0: foreign_tc (id %d) after ours runs too".formatted(secondId));
        assertThat(datapath.hooks())
                .containsEntry(
                        "tc_ingress@eth0",
                        "clsact; also foreign_tc (id %d) before ours, foreign_tc (id %d) after ours"
                                .formatted(firstId, secondId))
                .containsEntry("tc_egress@eth0", "clsact");
        installDenying();
        assertPacketsReachBoth();
        hosts.host().run(() -> datapath.remove());
        assertPacketsReachBoth();
        assertThat(hosts.onHost("tc", "filter", "show", "dev", "eth0", "ingress"))
                .contains("pref 10 bpf", "pref 40000 bpf")
                .doesNotContain("tc_ingress");
    }

    @Test
    void aFilterRunsAfterATcxProgramOfOurs() throws Exception {
        hosts.onHost("tc", "qdisc", "add", "dev", "eth0", "clsact");
        filter(first, "10");
        load();
        assertThat(datapath.hooks())
                .containsEntry("tc_ingress@eth0", "tcx; also foreign_tc (id %d) after ours".formatted(firstId));
        assertThat(hosts.reaches(hosts.peer(), TwoHosts.HOST4, PORT)).isTrue();
        assertThat(first.seen()).isPositive();
    }

    @Test
    void anXdpProgramOfOthersStaysAndIsNamed() throws Exception {
        int id = id(first.xdp());
        hosts.host().run(() -> {
            try (BpfProgram program = first.xdp()) {
                keep(BpfLink.xdp(program, eth0(), BpfLink.XdpPath.NATIVE));
            }
        });
        datapath = hosts.datapath(XdpMode.NATIVE);
        assertThatThrownBy(this::load).rootCause().hasMessage("bpf_link_create at XDP: EBUSY");
        assertThatThrownBy(this::load)
                .hasStackTraceContaining(
                        "xdp@eth0: bpf_link_create at XDP: EBUSY, for foreign_xdp (id %d) is there".formatted(id));
        datapath = hosts.datapath(XdpMode.AUTO);
        load();
        assertThat(datapath.hooks())
                .containsEntry("tc_ingress@eth0", "tcx")
                .containsEntry(
                        "xdp@eth0",
                        "off: bpf_link_create at XDP: EBUSY, for foreign_xdp (id %d) is there".formatted(id));
        hosts.host().run(() -> datapath.remove());
        assertThat(hosts.host().call(() -> AttachedPrograms.xdp(eth0()))).containsExactly(id);
        first.seen();
        assertThat(hosts.reaches(hosts.peer(), TwoHosts.HOST4, PORT)).isTrue();
        assertThat(first.seen()).isPositive();
    }

    @Test
    void connectProgramsOfOthersSeeTheirConnectsAndAreTold() throws Exception {
        Path cgroup = TestCgroup.create("aegik-others");
        try {
            int ofParent = id(first.connect());
            int ofOurs = id(second.connect());
            BpfLink above = attachConnect(first, cgroup.getParent());
            BpfLink beside = attachConnect(second, cgroup);
            datapath = hosts.host()
                    .call(() -> KernelDatapath.of(
                            new KernelDatapath.Places(
                                    hosts.pins(), List.of("eth0"), Optional.of(cgroup), XdpMode.OFF, Action.ALLOW),
                            Clock.systemUTC()));
            load();
            assertThat(datapath.hooks())
                    .containsEntry(
                            "connect4",
                            "cgroup; also foreign_connect (id %d) before ours, foreign_connect (id %d) after ours"
                                    .formatted(ofOurs, ofParent))
                    .containsEntry("connect6", "cgroup");
            keep(hosts.listen(hosts.peer(), 80));
            first.seen();
            assertThat(hosts.bashConnects(cgroup, TwoHosts.PEER4, 80)).isEmpty();
            assertThat(first.seen()).isPositive();
            assertThat(second.seen()).isEqualTo(1);
            hosts.host().run(() -> datapath.remove());
            assertThat(AttachedPrograms.cgroup(cgroup, BpfLink.Hook.CONNECT4)).containsExactly(ofOurs, ofParent);
            above.detach();
            beside.detach();
        } finally {
            hosts.host().run(() -> datapath.remove());
            await().ignoreExceptions().until(() -> Files.deleteIfExists(cgroup));
        }
    }

    private void assertPacketsReachBoth() throws Exception {
        first.seen();
        second.seen();
        assertThat(hosts.reaches(hosts.peer(), TwoHosts.HOST4, OTHER)).isTrue();
        assertThat(first.seen()).isPositive();
        assertThat(second.seen()).isPositive();
    }

    private BpfLink attachTcx(ForeignPrograms programs) {
        return keep(hosts.host().call(() -> {
            try (BpfProgram program = programs.tc()) {
                return BpfLink.tcx(program, eth0(), BpfLink.Hook.TCX_INGRESS);
            }
        }));
    }

    private BpfLink attachConnect(ForeignPrograms programs, Path cgroup) throws Exception {
        try (BpfProgram program = programs.connect()) {
            return keep(BpfLink.cgroup(program, cgroup, BpfLink.Hook.CONNECT4));
        }
    }

    private void filter(ForeignPrograms programs, String priority) {
        hosts.onHost(
                "tc",
                "filter",
                "add",
                "dev",
                "eth0",
                "ingress",
                "pref",
                priority,
                "bpf",
                "da",
                "object-pinned",
                programs.tcPin().toString());
    }

    private static int id(BpfProgram program) throws Exception {
        try (program) {
            return program.id();
        }
    }

    /** On the host's thread. */
    private static int eth0() throws Exception {
        return NetDevices.find("eth0").orElseThrow().index();
    }

    private <T extends AutoCloseable> T keep(T closeable) {
        open.add(closeable);
        return closeable;
    }

    private List<String> look() {
        return hosts.host().call(() -> datapath.reconcile());
    }

    private void load() {
        hosts.host().run(() -> datapath.load(CompiledObject.bytes(), CompiledObject.digest()));
    }

    private void installDenying() {
        hosts.host().run(() -> {
            var table = Tables.denyingPort(PORT, "ingress", 1);
            datapath.install(table, Tables.identity(table, 1), Instant.now(), Duration.ZERO);
        });
    }
}
