package io.aegisflux.segmentation.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.agent.domain.XdpMode;
import io.aegisflux.segmentation.agent.kernel.FrameReading.Arp;
import io.aegisflux.segmentation.agent.kernel.FrameReading.Ip;
import io.aegisflux.segmentation.agent.kernel.FrameReading.Malformed;
import io.aegisflux.segmentation.agent.kernel.FrameReading.Other;
import io.aegisflux.segmentation.agent.kernel.FrameReading.Part;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfProgram;
import io.aegisflux.segmentation.agent.libbpf.NetDevices;
import io.aegisflux.segmentation.agent.libbpf.TestRun;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.harness.NeedsKernel;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The kernel reads any bytes as the standards do, and does with them what the table says: here, deny all. */
@NeedsKernel
class FrameFuzzIT {
    private static final int FRAMES = 35_000; // of each kind
    private static final int CUT = 300; // frames, each at every length
    private static final int TC_DROP = 2;
    private static final int TC_NEXT = -1;
    private static final int XDP_DROP = 1;
    private static final int XDP_PASS = 2;

    private TwoHosts hosts;
    private KernelDatapath datapath;
    private final FrameMaker maker = new FrameMaker(1);

    @BeforeEach
    void denyAll() {
        hosts = new TwoHosts();
        datapath = hosts.datapath(XdpMode.OFF);
        RuleTable table = Tables.denyingAll();
        hosts.host().call(() -> {
            datapath.load(CompiledObject.bytes(), CompiledObject.digest());
            datapath.install(table, Tables.identity(table, 1), Instant.now(), Duration.ZERO);
            return null;
        });
    }

    @AfterEach
    void remove() {
        try {
            hosts.host().call(() -> {
                datapath.remove();
                return null;
            });
        } finally {
            hosts.close();
        }
    }

    @Test
    void readsAndJudgesFramesOfEveryKindAsTheStandardsSay() {
        Tally tally = hosts.host().call(() -> {
            try (Kernel kernel = new Kernel()) {
                kernel.judge(FRAMES, maker::frame);
                kernel.judge(FRAMES, maker::noise);
                kernel.judge(FRAMES, () -> maker.withFlippedBits(maker.frame()));
                kernel.judge(FRAMES, () -> maker.withAnotherType(maker.frame()));
                kernel.judge(FRAMES, () -> maker.padded(maker.frame()));
                for (int i = 0; i < CUT; i++) {
                    byte[] frame = maker.frame();
                    for (int length = FrameMaker.SHORTEST; length < frame.length; length++) {
                        byte[] shorter = Arrays.copyOf(frame, length);
                        kernel.judge(1, () -> shorter);
                    }
                }
                return kernel.tally;
            }
        });
        assertThat(tally.frames).isGreaterThan(200_000);
        // a run that never came so far would prove nothing
        assertThat(tally.other).isGreaterThan(20_000);
        assertThat(tally.malformed).isGreaterThan(20_000);
        assertThat(tally.ipv4).isGreaterThan(20_000);
        assertThat(tally.ipv6).isGreaterThan(20_000);
        assertThat(tally.first).isGreaterThan(2_000);
        assertThat(tally.later).isGreaterThan(5_000);
        assertThat(tally.failsafe).isGreaterThan(1_000);
        assertThat(tally.atXdp).isGreaterThan(10_000);
    }

    /** RFC 1858: 8 bytes of TCP and no flags. Ethernet fills it up to 60 bytes, by which it would look whole. */
    @Test
    void refusesATinyFirstFragmentThoughPaddingFollows() {
        byte[] frame = HexFormat.of()
                .parseHex("00".repeat(12) + "0800" + "4500001c000120004006" + "0000" + "0a000001" + "0a000002"
                        + "04d201bb00000001" + "00000000" + "5010" + "00".repeat(12));
        assertThat(hosts.host().call(() -> {
                    try (ParserProbe probe = new ParserProbe(hosts.pins())) {
                        return probe.atTc(frame);
                    }
                }))
                .isEqualTo(new Malformed());
    }

    @Test
    void looksBehindEightExtensionHeadersAndNoMore() {
        hosts.host().call(() -> {
            try (ParserProbe probe = new ParserProbe(hosts.pins())) {
                assertThat(probe.atTc(udpBehind(8))).isInstanceOf(Ip.class);
                assertThat(probe.atTc(udpBehind(9))).isEqualTo(new Malformed());
            }
            return null;
        });
    }

    private static byte[] udpBehind(int extensions) {
        return HexFormat.of()
                .parseHex("00".repeat(12) + "86dd" + "60000000" + "%04x".formatted(8 * extensions + 8)
                        + "3c40" + "00".repeat(32) + "3c00000000000000".repeat(extensions - 1) + "1100000000000000"
                        + "04d201bb00080000");
    }

    @Test
    void readsPacketsOfATunnelByTheirVersion() {
        hosts.host().call(() -> {
            try (ParserProbe probe = new ParserProbe(hosts.pins())) {
                for (int i = 0; i < FRAMES; i++) {
                    byte[] packet = maker.packet();
                    if (!canBeAnSkb(packet)) { // as little as there is to read where Ethernet's type would be
                        continue;
                    }
                    assertThat(probe.atTcOfATunnel(packet))
                            .as(HexFormat.of().formatHex(packet))
                            .isEqualTo(FrameReader.ofPacket(packet));
                }
                return null;
            }
        });
    }

    /** Whether BPF_PROG_TEST_RUN takes it at tc: not an IP header that is cut short, unless a tag stands before it. */
    private static boolean canBeAnSkb(byte[] frame) {
        int type = (frame[12] & 0xFF) << 8 | frame[13] & 0xFF;
        int header = type == 0x0800 ? 20 : type == 0x86DD ? 40 : 0;
        return frame.length >= FrameMaker.SHORTEST + header;
    }

    /** The programs, loaded: the parser by itself, and each hook's. */
    private final class Kernel implements AutoCloseable {
        private final Tally tally = new Tally();
        private final PinDirectory pins = new PinDirectory(hosts.pins());
        private final int eth0 = NetDevices.find("eth0").orElseThrow().index();
        private final ParserProbe probe = new ParserProbe(hosts.pins());
        private final BpfProgram ingress = BpfProgram.ofPin(pins.program(Program.TC_INGRESS));
        private final BpfProgram egress = BpfProgram.ofPin(pins.program(Program.TC_EGRESS));
        private final BpfProgram xdp = BpfProgram.ofPin(pins.program(Program.XDP_INGRESS));
        private final Drops drops = new Drops(pins);
        private final TestRun atIngress = new TestRun(ingress).skb(eth0, 0, 0);
        private final TestRun atEgress = new TestRun(egress).skb(eth0, 0, 0);
        private final TestRun atXdp = new TestRun(xdp);

        private Kernel() throws Exception {}

        private void judge(int count, Callable<byte[]> make) throws Exception {
            long before = drops.packets(Reason.MALFORMED);
            int malformed = 0;
            for (int i = 0; i < count; i++) {
                byte[] frame = make.call();
                FrameReading reading = FrameReader.ofEthernet(frame);
                judge(frame, reading);
                tally.add(reading);
                malformed += reading instanceof Malformed && canBeAnSkb(frame) ? 1 : 0;
            }
            assertThat(drops.packets(Reason.MALFORMED) - before)
                    .as("drops for that reason, at both hooks of tc")
                    .isEqualTo(2L * malformed);
        }

        private void judge(byte[] frame, FrameReading reading) throws BpfException {
            String bytes = HexFormat.of().formatHex(frame);
            assertThat(probe.atXdp(frame)).as("parsed at xdp: %s", bytes).isEqualTo(reading);
            if (canBeAnSkb(frame)) {
                assertThat(probe.atTc(frame)).as("parsed at tc: %s", bytes).isEqualTo(reading);
            }
            if (canBeAnSkb(frame) && !mayFollowAnExemptOne(reading)) {
                int verdict = Expectation.isDroppedAtTc(reading) ? TC_DROP : TC_NEXT;
                assertThat(atIngress.run(frame)).as("tc ingress: %s", bytes).isEqualTo(verdict);
                assertThat(atEgress.run(frame)).as("tc egress: %s", bytes).isEqualTo(verdict);
            }
            assertThat(atXdp.run(frame))
                    .as("xdp: %s", bytes)
                    .isEqualTo(Expectation.isDroppedAtXdp(reading) ? XDP_DROP : XDP_PASS);
        }

        /** A later fragment goes where the first one went, which a failsafe may have let pass. */
        private boolean mayFollowAnExemptOne(FrameReading reading) {
            return reading instanceof Ip ip && tally.follows(ip);
        }

        @Override
        public void close() {
            for (AutoCloseable resource :
                    new AutoCloseable[] {probe, atIngress, atEgress, atXdp, ingress, egress, xdp, drops}) {
                try {
                    resource.close();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    private static final class Tally {
        private final Set<String> exempt = new HashSet<>();
        private int frames;
        private int other;
        private int malformed;
        private int ipv4;
        private int ipv6;
        private int first;
        private int later;
        private int failsafe;
        private int atXdp;

        void add(FrameReading reading) {
            frames++;
            atXdp += Expectation.isDroppedAtXdp(reading) ? 1 : 0;
            switch (reading) {
                case Arp ignored -> other++;
                case Other ignored -> other++;
                case Malformed ignored -> malformed++;
                case Ip ip -> {
                    ipv4 += ip.version() == 4 ? 1 : 0;
                    ipv6 += ip.version() == 6 ? 1 : 0;
                    first += ip.part() == Part.FIRST ? 1 : 0;
                    later += ip.part() == Part.LATER ? 1 : 0;
                    failsafe += Expectation.isFailsafe(ip) ? 1 : 0;
                    if (ip.part() == Part.FIRST && Expectation.isFailsafe(ip)) {
                        exempt.add(datagram(ip));
                    }
                }
            }
        }

        boolean follows(Ip ip) {
            return ip.part() == Part.LATER && exempt.contains(datagram(ip));
        }

        private static String datagram(Ip ip) {
            return ip.source() + ip.destination() + ip.fragmentId() + (ip.version() == 4 ? "/" + ip.protocol() : "");
        }
    }
}
