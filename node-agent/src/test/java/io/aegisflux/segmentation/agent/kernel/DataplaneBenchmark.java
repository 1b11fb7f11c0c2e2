package io.aegisflux.segmentation.agent.kernel;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.aegisflux.segmentation.agent.domain.DatapathException;
import io.aegisflux.segmentation.agent.domain.XdpMode;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfProgram;
import io.aegisflux.segmentation.agent.libbpf.NetDevices;
import io.aegisflux.segmentation.agent.libbpf.TestRun;
import io.aegisflux.segmentation.contracts.Action;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.engine.classbench.ClassBench;
import io.aegisflux.segmentation.engine.classbench.Profile;
import io.aegisflux.segmentation.engine.classbench.Trace;
import io.aegisflux.segmentation.harness.Command;
import io.aegisflux.segmentation.harness.Figures;
import io.aegisflux.segmentation.harness.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the packet path costs, beside an empty program, nft and no firewall in the same run (TARGETS): medians of several
 * rounds on one core. Writes target/bench/dataplane.json and dataplane.md.
 */
final class DataplaneBenchmark {
    private static final int[] SIZES = {10, 1_000, 10_000, 100_000};
    private static final Map<Integer, Integer> ONE_FLOW = Map.of(10, 70, 1_000, 80, 10_000, 90, 100_000, 120);
    private static final Map<Integer, Integer> MANY_FLOWS = Map.of(10, 120, 1_000, 200, 10_000, 300, 100_000, 850);
    private static final Map<Integer, Integer> SWAP_MILLIS = Map.of(10, 20, 1_000, 20, 10_000, 60, 100_000, 1_500);
    private static final double MIB = 1 << 20;
    private static final int HOT_FLOWS = 9;
    private static final int TURNS = 3;

    private final Figures figures = new Figures(tools());
    private final TwoHosts hosts;
    private KernelDatapath datapath;
    private SearchRuns runs;
    private long revision;

    private DataplaneBenchmark(TwoHosts hosts) {
        this.hosts = hosts;
    }

    public static void main(String[] arguments) throws Exception {
        try (TwoHosts hosts = new TwoHosts()) {
            DataplaneBenchmark benchmark = new DataplaneBenchmark(hosts);
            try {
                hosts.host().call(benchmark::measure);
            } finally {
                hosts.host().call(benchmark::remove);
            }
            benchmark.figures.write(Repository.root().resolve("target/bench"), "dataplane");
        }
    }

    private Void measure() throws Exception {
        load();
        search();
        hooks();
        connects();
        peers();
        throughput();
        return null;
    }

    private Void remove() throws Exception {
        if (runs != null) {
            runs.close();
        }
        if (datapath != null) {
            datapath.remove();
        }
        return null;
    }

    private void load() throws Exception {
        byte[] object = CompiledObject.bytes();
        datapath = KernelDatapath.of(hosts.places(XdpMode.OFF), java.time.Clock.systemUTC());
        long start = System.nanoTime();
        datapath.load(object, CompiledObject.digest());
        figures.atMost(500, "Once a boot", "load, verify and attach all programs", millisSince(start), "ms", null);
        runs = new SearchRuns(hosts.pins(), new PinDirectory(hosts.pins()));
    }

    /** Parse, classify, count, decide. */
    private void search() throws Exception {
        for (int ipVersion : new int[] {4, 6}) {
            for (Profile profile : Profile.values()) {
                String section = "Tables of ClassBench's %s profile, IPv%d".formatted(profile.word(), ipVersion);
                for (int size : SIZES) {
                    RuleTable table = ClassBench.table(profile, size, ipVersion, size);
                    String rules = "%,d rules: ".formatted(size);
                    double swap = swapMillis(profile, ipVersion, table, size);
                    if (profile == Profile.ACL) {
                        edit(section, rules, ipVersion, table);
                    }
                    Trace trace = new Trace(table, ipVersion, size);
                    List<PacketTuple> flows = Stream.generate(trace::next)
                            .filter(PacketBytes::canBe)
                            .limit(SearchRuns.FLOWS)
                            .toList();
                    SearchRuns.Cost one = hot(flows);
                    figures.atMost(ONE_FLOW.get(size), section, rules + "one flow", one.gross(), "ns", empty(one));
                    SearchRuns.Cost many = runs.many(flows);
                    figures.atMost(
                            MANY_FLOWS.get(size),
                            section,
                            rules + "65,536 flows in turn",
                            many.gross(),
                            "ns",
                            "%d ns to copy the header".formatted(many.empty()));
                    figures.atMost(SWAP_MILLIS.get(size), section, rules + "build and put in force", swap, "ms", null);
                    long bytes = datapath.running().orElseThrow().tableBytes();
                    figures.atMost(16, section, rules + "memory", bytes / MIB, "MiB", null);
                }
            }
        }
    }

    private void edit(String section, String rules, int ipVersion, RuleTable table) throws Exception {
        EditRuns edits = new EditRuns(datapath, new PinDirectory(hosts.pins()));
        double visible = edits.visibleMillis(table, new RandomEdits(1, ipVersion), revision);
        revision += 100;
        figures.atMost(2, section, rules + "one rule more, until packets see it", visible, "ms", null);
        install(table);
    }

    private SearchRuns.Cost hot(List<PacketTuple> flows) throws BpfException {
        SearchRuns.Cost[] costs = new SearchRuns.Cost[HOT_FLOWS];
        for (int i = 0; i < HOT_FLOWS; i++) {
            costs[i] = runs.one(flows.get(i * 1_001));
        }
        Arrays.sort(costs, (a, b) -> Integer.compare(a.gross(), b.gross()));
        return costs[HOT_FLOWS / 2];
    }

    private static String empty(SearchRuns.Cost cost) {
        return "%d ns, an empty program".formatted(cost.empty());
    }

    /** Each time after another table, so that it is no edit. */
    private double swapMillis(Profile profile, int ipVersion, RuleTable table, int size) throws Exception {
        RuleTable other = ClassBench.table(profile, size, ipVersion, size + 1);
        double[] millis = new double[size > 10_000 ? 3 : 7];
        for (int i = 0; i < millis.length; i++) {
            install(other);
            millis[i] = install(table);
        }
        Arrays.sort(millis);
        return millis[millis.length / 2];
    }

    private double install(RuleTable table) throws DatapathException, InterruptedException {
        var identity = Tables.identity(table, ++revision);
        Thread.sleep(50); // the bank falls quiet, as between two publishes
        long start = System.nanoTime();
        datapath.install(table, identity, Instant.now(), Duration.ZERO);
        return millisSince(start);
    }

    /** The whole of the program at the hook, with conntrack. */
    private void hooks() throws Exception {
        String section = "The program at the hook";
        int eth0 = NetDevices.find("eth0").orElseThrow().index();
        install(ClassBench.table(Profile.ACL, 10_000, 4, 1));
        PacketTuple flow =
                new PacketTuple(Direction.INGRESS, "192.0.2.1", "192.0.2.2", 17, 40_000, 53, null, null, null);
        try (BpfProgram ingress = BpfProgram.ofPin(new PinDirectory(hosts.pins()).program(Program.TC_INGRESS));
                TestRun run = new TestRun(ingress)) {
            run.skb(eth0, 0, 0);
            run.run(PacketBytes.frame(flow), 1_000);
            int[] nanos = IntStream.range(0, HOT_FLOWS)
                    .map(i -> nanos(run, PacketBytes.frame(flow)))
                    .sorted()
                    .toArray();
            figures.atMost(100, section, "an established flow, 10,000 rules", nanos[HOT_FLOWS / 2], "ns", null);
            FlowRuns flows = new FlowRuns(run, eth0, runs);
            figures.atMost(700, section, "a new flow, 10,000 rules", flows.newFlow(), "ns", flows.reference());
            figures.atMost(
                    300,
                    section,
                    "one of 100,000 live flows, 10,000 rules",
                    flows.oneOfMany(),
                    "ns",
                    flows.reference());
        }
    }

    /** connect() of a UDP socket, which sends nothing, with and without our hook, in turn. */
    private void connects() throws Exception {
        String section = "connect()";
        datapath.remove();
        Path cgroup = TestCgroup.create("aegik-bench-" + ProcessHandle.current().pid());
        try (ConnectRuns connects = new ConnectRuns(cgroup)) {
            double[] without = new double[TURNS];
            double[] with = new double[TURNS];
            double[] inside = new double[TURNS];
            for (int i = 0; i < TURNS; i++) {
                without[i] = connects.nanos();
                datapath = KernelDatapath.of(
                        new KernelDatapath.Places(
                                hosts.pins(), List.of("eth0"), Optional.of(cgroup), XdpMode.OFF, Action.ALLOW),
                        java.time.Clock.systemUTC());
                datapath.load(CompiledObject.bytes(), CompiledObject.digest());
                install(ClassBench.table(Profile.ACL, 10_000, 4, 1));
                with[i] = connects.nanos();
                inside[i] = connects.nanosOf(new PinDirectory(hosts.pins()).program(Program.CONNECT4));
                datapath.remove();
            }
            Arrays.sort(without);
            Arrays.sort(with);
            double free = without[TURNS / 2];
            String reference = "%.0f ns without the hook".formatted(free);
            figures.atMost(
                    150,
                    section,
                    "added by the hook as a process sees it, 10,000 rules",
                    with[TURNS / 2] - free,
                    "ns",
                    reference);
            Arrays.sort(inside);
            figures.add(section, "in the hook, by the kernel's clock, 10,000 rules", inside[TURNS / 2], "ns", null);
        } finally {
            Files.delete(cgroup);
        }
        datapath = KernelDatapath.of(hosts.places(XdpMode.OFF), java.time.Clock.systemUTC());
        datapath.load(CompiledObject.bytes(), CompiledObject.digest());
    }

    private static int nanos(TestRun run, byte[] frame) {
        try {
            run.run(frame, 200_000);
            return run.nanos();
        } catch (BpfException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same rules in nft, the same packet, received by the same interface: what the last of disjoint rules denies. */
    private void peers() throws Exception {
        String section = "A packet that the last of disjoint rules denies, from the driver to its end";
        int eth0 = NetDevices.find("eth0").orElseThrow().index();
        PacketTuple any = new DisjointRules(1).denied();
        int[] sizes = {10, 1_000, 10_000, 100_000};
        int[] ours = new int[sizes.length];
        for (int i = 0; i < sizes.length; i++) {
            DisjointRules rules = new DisjointRules(sizes[i]);
            install(rules.table());
            ours[i] = runs.received(eth0, rules.denied());
        }
        datapath.remove();
        datapath = null;
        hosts.onHost("tc", "qdisc", "add", "dev", "eth0", "clsact");
        hosts.onHost(
                "tc",
                "filter",
                "add",
                "dev",
                "eth0",
                "ingress",
                "bpf",
                "da",
                "pinned",
                runs.pin("drop_all").toString());
        int tcDrop = runs.received(eth0, any);
        hosts.onHost("tc", "qdisc", "del", "dev", "eth0", "clsact");
        int nftDrop = nft(eth0, DisjointRules.nftDropping("eth0"), any);
        figures.add(section, "tc: drop all", tcDrop, "ns", null);
        figures.add(section, "nft: drop all", nftDrop, "ns", null);
        for (int i = 0; i < sizes.length; i++) {
            DisjointRules rules = new DisjointRules(sizes[i]);
            String what = "%,d rules: ".formatted(sizes[i]);
            figures.add(section, what + "ours", ours[i], "ns", "%d net".formatted(ours[i] - tcDrop));
            int map = nft(eth0, rules.nftMap("eth0"), rules.denied());
            figures.add(section, what + "nft, a map of intervals", map, "ns", "%d net".formatted(map - nftDrop));
            double ratio = (double) (map - nftDrop) / (ours[i] - tcDrop);
            if (sizes[i] == 1_000) {
                figures.atLeast(1 / 1.2, section, what + "ours before nft's map, net", ratio, "times", null);
            } else if (sizes[i] == 100_000) {
                figures.atLeast(5, section, what + "ours before nft's map, net", ratio, "times", null);
            }
            if (sizes[i] <= 10_000) {
                int linear = nft(eth0, rules.nftLinear("eth0"), rules.denied());
                figures.add(section, what + "nft, rule by rule", linear, "ns", "%d net".formatted(linear - nftDrop));
                if (sizes[i] == 1_000) {
                    double times = (double) (linear - nftDrop) / (ours[i] - tcDrop);
                    figures.atLeast(100, section, what + "ours before nft rule by rule, net", times, "times", null);
                }
            }
        }
    }

    private int nft(int eth0, String rules, PacketTuple packet) throws IOException, BpfException {
        Path file = Files.createTempFile("segmentation-", ".nft");
        try {
            Files.writeString(file, rules);
            hosts.onHost("nft", "-f", file.toString());
            return runs.received(eth0, packet);
        } finally {
            hosts.onHost("nft", "flush", "ruleset");
            Files.delete(file);
        }
    }

    /** TCP from host to peer, with no firewall and with a large table, in turn. */
    private void throughput() throws Exception {
        String section = "Bulk TCP between two namespaces";
        RuleTable table = ClassBench.table(Profile.ACL, 10_000, 4, 2);
        double[] without = new double[TURNS];
        double[] with = new double[TURNS];
        for (int i = 0; i < TURNS; i++) {
            without[i] = gigabits();
            datapath = KernelDatapath.of(hosts.places(XdpMode.OFF), java.time.Clock.systemUTC());
            datapath.load(CompiledObject.bytes(), CompiledObject.digest());
            install(table);
            with[i] = gigabits();
            datapath.remove();
            datapath = null;
        }
        Arrays.sort(without);
        Arrays.sort(with);
        double free = without[TURNS / 2];
        figures.add(section, "no firewall", free, "Gbit/s", null);
        figures.add(section, "10,000 rules", with[TURNS / 2], "Gbit/s", null);
        figures.atLeast(95, section, "10,000 rules beside no firewall", 100 * with[TURNS / 2] / free, "%", null);
    }

    private double gigabits() throws Exception {
        hosts.onPeer("iperf3", "-s", "-1", "-D");
        Thread.sleep(300);
        String report = hosts.onHost("iperf3", "-c", TwoHosts.PEER4, "-t", "3", "-J");
        return new ObjectMapper()
                        .readTree(report)
                        .at("/end/sum_received/bits_per_second")
                        .asDouble()
                / 1e9;
    }

    private static double millisSince(long start) {
        return (System.nanoTime() - start) / 1e6;
    }

    private static Map<String, String> tools() {
        Map<String, String> tools = new LinkedHashMap<>();
        tools.put(
                "compiler",
                Command.run("clang", "--version").lines().findFirst().orElseThrow());
        tools.put("nft", Command.run("nft", "--version").strip());
        return tools;
    }
}
