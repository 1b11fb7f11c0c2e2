package io.aegisflux.segmentation.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.agent.domain.XdpMode;
import io.aegisflux.segmentation.agent.kernel.FrameReading.Ip;
import io.aegisflux.segmentation.agent.kernel.FrameReading.Malformed;
import io.aegisflux.segmentation.agent.kernel.FrameReading.Part;
import io.aegisflux.segmentation.agent.libbpf.NetDevices;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.harness.NeedsKernel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Packets whose headers lie outside the linear buffer, which BPF_PROG_TEST_RUN cannot make: they come from a peer, by the
 * wire, to the hook where the program is attached.
 */
@NeedsKernel
class NonLinearFrameIT {
    private static final int FRAMES = 20_000;
    private static final int PULLED = 256; // HEADERS_MAX of bpf/parse.h
    private static final int PATIENCE = 100; // tenths of a second

    private TwoHosts hosts;
    private KernelDatapath datapath;

    @BeforeEach
    void denyAll() {
        hosts = new TwoHosts();
        hosts.ipOfHost("link", "set", "eth0", "mtu", "9000");
        hosts.ipOfPeer("link", "set", "eth0", "mtu", "9000");
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
    void pullsHeadersInAndRefusesThoseThatLieTooDeep() throws Exception {
        FrameMaker maker = new FrameMaker(2);
        List<byte[]> frames = new ArrayList<>();
        int malformed = 0;
        int denied = 0;
        int tooDeep = 0;
        for (int i = 0; i < FRAMES; i++) {
            byte[] frame = i % 50 == 0 ? maker.deep() : maker.frame();
            byte[] arriving = withoutOuterTag(Arrays.copyOf(frame, RawSocket.BEYOND_A_PAGE));
            FrameReading reading = FrameReader.ofEthernet(Arrays.copyOf(arriving, PULLED));
            if (reading instanceof Ip ip && ip.part() != Part.WHOLE) {
                continue; // a later one's reason is the first one's: not this test's concern
            }
            frames.add(frame);
            malformed += reading instanceof Malformed ? 1 : 0;
            denied += reading instanceof Ip && Expectation.isDroppedAtTc(reading) ? 1 : 0;
            tooDeep += reading instanceof Malformed && !(FrameReader.ofEthernet(arriving) instanceof Malformed) ? 1 : 0;
        }
        try (Drops drops = new Drops(new PinDirectory(hosts.pins()))) {
            long malformedBefore = drops.packets(Reason.MALFORMED);
            long deniedBefore = drops.packets(Reason.DEFAULT_DENY);
            send(frames);
            for (int i = 0; i < PATIENCE && drops.packets(Reason.DEFAULT_DENY) - deniedBefore < denied; i++) {
                Thread.sleep(100);
            }
            assertThat(drops.packets(Reason.MALFORMED) - malformedBefore).isEqualTo(malformed);
            assertThat(drops.packets(Reason.DEFAULT_DENY) - deniedBefore).isEqualTo(denied);
        }
        assertThat(denied).isGreaterThan(FRAMES / 4);
        assertThat(tooDeep).as("frames that only a linear buffer would show").isGreaterThan(100);
    }

    private void send(List<byte[]> frames) {
        hosts.peer().call(() -> {
            try (RawSocket socket =
                    new RawSocket(NetDevices.find("eth0").orElseThrow().index())) {
                frames.forEach(socket::send);
            }
            return null;
        });
    }

    /** The receiving kernel takes one tag out of the frame before any program sees it. */
    private static byte[] withoutOuterTag(byte[] frame) {
        int type = (frame[12] & 0xFF) << 8 | frame[13] & 0xFF;
        if (type != 0x8100 && type != 0x88A8) {
            return frame;
        }
        byte[] untagged = new byte[frame.length - 4];
        System.arraycopy(frame, 0, untagged, 0, 12);
        System.arraycopy(frame, 16, untagged, 12, untagged.length - 12);
        return untagged;
    }
}
