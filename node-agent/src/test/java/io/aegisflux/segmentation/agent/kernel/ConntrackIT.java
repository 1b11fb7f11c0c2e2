package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.agent.domain.XdpMode;
import io.aegisflux.segmentation.agent.kernel.FlowSequence.Packet;
import io.aegisflux.segmentation.agent.kernel.FlowSequence.Ports;
import io.aegisflux.segmentation.agent.kernel.FlowSequence.Table;
import io.aegisflux.segmentation.agent.kernel.FlowSequence.Wait;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfMap;
import io.aegisflux.segmentation.agent.libbpf.BpfProgram;
import io.aegisflux.segmentation.agent.libbpf.NetDevices;
import io.aegisflux.segmentation.agent.libbpf.TestRun;
import io.aegisflux.segmentation.contracts.Digests;
import io.aegisflux.segmentation.contracts.MetricsReport.MapUse;
import io.aegisflux.segmentation.contracts.Reason;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.harness.NeedsKernel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Connections as the loaded programs follow them. Packets are test runs of tc_ingress and tc_egress, changed in one
 * thing: they leave their decision where a test can read it. Time passes by setting back the entries in the pinned maps.
 */
@NeedsKernel
class ConntrackIT {
    private static final String JUDGED = "	account(&work->scan, decision, packets, now);\n";
    private static final long LAST_SEEN = Structs.offset(Structs.FLOW, "last_seen");
    private static final long STATE = Structs.offset(Structs.FLOW, "state");
    private static final int LIVE = 120_000;
    private static final int FLOOD = 200_000;
    private static final int SYN = 0x02;
    private static final int ACK = 0x10;
    private static final int SYN_ACK = SYN | ACK;
    private static final Map<String, String> DIRECTIONS = Map.of("in", "ingress", "out", "egress");

    private static TwoHosts hosts;
    private static KernelDatapath datapath;
    private static PinDirectory pins;
    private static int eth0;
    private static long revision;

    @BeforeAll
    static void load() {
        byte[] object = CompiledObject.with(JUDGED, "	leave_trial(decision, work->scan.limit);\n" + JUDGED);
        hosts = new TwoHosts();
        hosts.ipOfHost("link", "set", "eth0", "down"); // or its neighbour discovery would overwrite trials
        pins = new PinDirectory(hosts.pins());
        datapath = hosts.datapath(XdpMode.OFF);
        hosts.host().run(() -> {
            datapath.load(object, Digests.sha256Hex(object));
            eth0 = NetDevices.find("eth0").orElseThrow().index();
            install(List.of("allow in tcp 1")); // the first table lets stand what was before
        });
    }

    @AfterAll
    static void remove() {
        try {
            hosts.host().run(() -> datapath.remove());
        } finally {
            hosts.close();
        }
    }

    static Stream<Arguments> sequences() {
        return FlowSequence.all().stream()
                .flatMap(sequence -> Stream.of(Arguments.of(sequence, "IPv4"), Arguments.of(sequence, "IPv6")));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("sequences")
    void followsFlowsAsWritten(FlowSequence sequence, String ipVersion) {
        FlowFrames frames = new FlowFrames(ipVersion.equals("IPv6"));
        hosts.host().run(() -> {
            try (Conntrack conntrack = new Conntrack()) {
                conntrack.clear();
                for (FlowSequence.Step step : sequence.steps()) {
                    switch (step) {
                        case Table table -> install(table.rules());
                        case Wait wait -> conntrack.age(wait.seconds());
                        case Packet packet ->
                            assertThat(conntrack.judge(packet, frames))
                                    .as("%s", packet)
                                    .isEqualTo(packet.expected());
                    }
                }
            }
        });
    }

    @Test
    void countsLiveFlowsAndNotThoseWhoseTimeHasPassed() {
        FlowFrames frames = new FlowFrames(false);
        hosts.host().run(() -> {
            install(List.of("allow in tcp 80"));
            try (Conntrack conntrack = new Conntrack()) {
                conntrack.clear();
                for (int flow = 0; flow < 10_000; flow++) {
                    conntrack.run(true, frames.between(peer(flow), new Ports(6, port(flow), 80, SYN, 1, 0)));
                }
                for (int flow = 0; flow < 6_000; flow++) {
                    conntrack.run(false, frames.between(peer(flow), new Ports(6, 80, port(flow), SYN_ACK, flow, 2)));
                    conntrack.run(true, frames.between(peer(flow), new Ports(6, port(flow), 80, ACK, 2, flow + 1)));
                }
                assertThat(datapath.counters().maps())
                        .containsExactly(
                                new MapUse("conntrack", 6_000, Structs.FLOWS_MAX),
                                new MapUse("opening", 4_000, Structs.OPENING_MAX));
                conntrack.age(61);
                assertThat(datapath.counters().maps())
                        .containsExactly(
                                new MapUse("conntrack", 6_000, Structs.FLOWS_MAX),
                                new MapUse("opening", 0, Structs.OPENING_MAX));
            }
        });
    }

    /** As many live flows as conntrack holds but for a few, then more half-open ones than both maps hold. */
    @Test
    void aFloodOfAllowedSynsEvictsNoLiveFlow() {
        FlowFrames frames = new FlowFrames(false);
        hosts.host().run(() -> {
            install(List.of("allow in tcp 80"));
            try (Conntrack conntrack = new Conntrack()) {
                conntrack.clear();
                for (int flow = 0; flow < LIVE; flow++) {
                    conntrack.run(true, frames.between(peer(flow), new Ports(6, port(flow), 80, SYN, 1, 0)));
                    conntrack.run(false, frames.between(peer(flow), new Ports(6, 80, port(flow), SYN_ACK, flow, 2)));
                    conntrack.run(true, frames.between(peer(flow), new Ports(6, port(flow), 80, ACK, 2, flow + 1)));
                }
                for (int flow = 0; flow < FLOOD; flow++) {
                    conntrack.run(true, frames.between(stranger(flow), new Ports(6, port(flow), 80, SYN, 1, 0)));
                    // answered, as by a server that knows nothing of the flood, and acknowledged at a guess
                    conntrack.run(
                            false, frames.between(stranger(flow), new Ports(6, 80, port(flow), SYN_ACK, flow, 2)));
                    conntrack.run(
                            true, frames.between(stranger(flow), new Ports(6, port(flow), 80, ACK, 2, 1_900_000_000)));
                }
                for (int flow = 0; flow < LIVE; flow++) {
                    Trial trial =
                            conntrack.run(false, frames.between(peer(flow), new Ports(6, 80, port(flow), ACK, 0, 2)));
                    assertThat(trial.reason()).as("live flow %d", flow).isEqualTo(Reason.ESTABLISHED);
                }
            }
        });
    }

    private static byte[] peer(int flow) {
        return new byte[] {10, 1, (byte) (flow >> 14), 1};
    }

    private static byte[] stranger(int flow) {
        return new byte[] {10, 2, (byte) (flow >> 14), 1};
    }

    private static int port(int flow) {
        return 40_000 + (flow & 0x3FFF);
    }

    private static void install(List<String> rules) throws Exception {
        String documents = IntStream.range(0, rules.size())
                .mapToObj(i -> rule(i, rules.get(i).split(" ")))
                .reduce((one, other) -> one + "," + other)
                .orElseThrow();
        RuleTable table = Tables.of("sequence", 1, """
                "priority": 1, "direction": "both", "default_action": "deny", "rules": [%s]""".formatted(documents));
        datapath.install(table, Tables.identity(table, ++revision), Instant.now(), Duration.ZERO);
    }

    private static String rule(int index, String[] words) {
        boolean isAudit = words[0].equals("audit");
        String protocols = words[2].equals("icmp") ? "[\"icmp\", \"icmpv6\"]" : "[\"" + words[2] + "\"]";
        String port = words.length < 4 ? "" : """
                , {"field": "dest_port", "operator": "eq", "value": %s}""".formatted(words[3]);
        return """
                {"id": "r%d", "action": "%s", "mode": "%s", "priority": %d, "direction": "%s", "conditions": [
                  {"field": "protocol", "operator": "in", "value": %s}%s]}""".formatted(
                        index,
                        isAudit ? "deny" : words[0],
                        isAudit ? "audit" : "enforce",
                        index + 1,
                        DIRECTIONS.get(words[1]),
                        protocols,
                        port);
    }

    /** The maps and programs that are pinned. */
    private static final class Conntrack implements AutoCloseable {
        private final BpfMap conntrack = BpfMap.ofPin(pins.map("conntrack"));
        private final BpfMap opening = BpfMap.ofPin(pins.map("opening"));
        private final BpfMap trials = BpfMap.ofPin(pins.map("trials"));
        private final BpfProgram ingress = BpfProgram.ofPin(pins.program(Program.TC_INGRESS));
        private final BpfProgram egress = BpfProgram.ofPin(pins.program(Program.TC_EGRESS));
        private final TestRun in = new TestRun(ingress).skb(eth0, 0, 0);
        private final TestRun out = new TestRun(egress).skb(eth0, 0, 0);
        private final Arena arena = Arena.ofConfined();
        private final MemorySegment key = arena.allocate(Structs.FLOW_KEY);
        private final MemorySegment flow = arena.allocate(Structs.FLOW);

        Conntrack() throws BpfException {}

        Trial run(boolean isIn, byte[] frame) throws BpfException {
            (isIn ? in : out).run(frame);
            return Trial.read(trials);
        }

        /** Verdict, reason and state, as the sequences write them. */
        String judge(Packet packet, FlowFrames frames) throws BpfException {
            int returned = (packet.isIn() ? in : out).run(frames.frame(packet.isIn(), packet.content()));
            Trial trial = Trial.read(trials);
            assertThat(returned).isEqualTo(trial.verdict().wireName().equals("dropped") ? 2 : -1);
            return "%s %s %s"
                    .formatted(
                            trial.verdict().wireName(),
                            trial.reason().wireName(),
                            state(frames.tuple(packet.isIn(), packet.content())));
        }

        String state(FlowTuple tuple) throws BpfException {
            tuple.writeKey(key);
            for (BpfMap map : List.of(conntrack, opening)) {
                if (map.lookup(key, flow)) {
                    FlowState state = FlowState.values()[flow.get(JAVA_BYTE, STATE)];
                    assertThat(state.compareTo(FlowState.ESTABLISHED) < 0)
                            .as("%s is in %s", state, map == opening ? "opening" : "conntrack")
                            .isEqualTo(map == opening);
                    long idle = System.nanoTime() - flow.get(JAVA_LONG, LAST_SEEN);
                    if (idle <= state.timeout(tuple.protocol()) * 1_000_000_000L) {
                        return state.name().toLowerCase(Locale.ROOT);
                    }
                }
            }
            return "-";
        }

        void clear() throws BpfException {
            for (BpfMap map : List.of(conntrack, opening)) {
                MapContent.replace(map, Map.of(), (value, none) -> {});
            }
        }

        /** Reads all before it writes: an entry written anew stands first in its bucket, so a walk would meet it again. */
        void age(long seconds) throws BpfException {
            for (BpfMap map : List.of(conntrack, opening)) {
                Map<ByteBuffer, byte[]> flows = new HashMap<>();
                map.forEach((at, value) -> flows.put(MapContent.key(at), value.toArray(JAVA_BYTE)));
                for (Map.Entry<ByteBuffer, byte[]> each : flows.entrySet()) {
                    key.copyFrom(MemorySegment.ofBuffer(each.getKey()));
                    flow.copyFrom(MemorySegment.ofArray(each.getValue()));
                    flow.set(JAVA_LONG, LAST_SEEN, flow.get(JAVA_LONG, LAST_SEEN) - seconds * 1_000_000_000L);
                    map.update(key, flow);
                }
            }
        }

        @Override
        public void close() {
            in.close();
            out.close();
            for (AutoCloseable each : List.of(conntrack, opening, trials, ingress, egress)) {
                try {
                    each.close();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
            arena.close();
        }
    }
}
