package io.aegisflux.segmentation.agent.kernel;

import io.aegisflux.segmentation.agent.domain.XdpMode;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfObject;
import io.aegisflux.segmentation.agent.libbpf.BpfProgram;
import io.aegisflux.segmentation.agent.libbpf.NetDevices;
import io.aegisflux.segmentation.agent.libbpf.TestRun;
import io.aegisflux.segmentation.contracts.Direction;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.contracts.RuleTable;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Nanoseconds a packet costs in the loaded programs (BPF_PROG_TEST_RUN, one core, one hot flow), beside those of an empty
 * tc program in the same run, and milliseconds that a table takes until it is in force: medians of several rounds.
 */
final class DatapathBenchmark {
    private static final int ROUNDS = 7;
    private static final int ROUND_NANOS = 50_000_000;
    private static final int[] SIZES = {1, 100, 1_000, 10_000};
    private static final String NULL_PROGRAM = """
            #include "vmlinux.h"
            #include <bpf/bpf_helpers.h>
            char LICENSE[] SEC("license") = "GPL";
            SEC("tc") int empty(struct __sk_buff *skb) { return -1; }
            """;

    private DatapathBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        Map<String, Object> figures = new LinkedHashMap<>();
        try (TwoHosts hosts = new TwoHosts()) {
            KernelDatapath datapath = hosts.datapath(XdpMode.OFF);
            try {
                hosts.host().call(() -> measure(hosts, datapath, figures));
            } finally {
                hosts.host().call(() -> {
                    datapath.remove();
                    return null;
                });
            }
        }
        Path file = Repository.root().resolve("target/bench/datapath.json");
        Files.createDirectories(file.getParent());
        Files.write(file, Wire.write(figures));
        figures.forEach((what, figure) -> System.out.printf("%-58s %10s%n", what, figure));
    }

    private static Void measure(TwoHosts hosts, KernelDatapath datapath, Map<String, Object> figures) throws Exception {
        PinDirectory pins = new PinDirectory(hosts.pins());
        byte[] object = CompiledObject.bytes();
        String digest = CompiledObject.digest();
        long start = System.nanoTime();
        datapath.load(object, digest);
        figures.put("load and verify all programs, attach, ms", (System.nanoTime() - start) / 1_000_000);
        int eth0 = NetDevices.find("eth0").orElseThrow().index();
        try (BpfProgram empty = empty(hosts.pins());
                BpfProgram golden = BpfProgram.ofPin(pins.program(Program.GOLDEN));
                BpfProgram ingress = BpfProgram.ofPin(pins.program(Program.TC_INGRESS))) {
            for (int size : SIZES) {
                RuleTable table = table(size);
                figures.put("%d entries: install, ms".formatted(size), install(datapath, table));
                PacketTuple unmatched = packet(40_000, 6);
                figures.put("%d entries: empty program (reference), ns".formatted(size), nanos(empty, eth0, unmatched));
                figures.put(
                        "%d entries: parse, classify by the last, ns".formatted(size),
                        nanos(golden, eth0, packet(2 * size, 6)));
                figures.put(
                        "%d entries: tc ingress, established flow, ns".formatted(size),
                        nanos(ingress, eth0, packet(40_001, 17)));
            }
        }
        return null;
    }

    private static BpfProgram empty(Path pins) throws BpfException, IOException {
        Path pin = pins.resolve("bench");
        try (BpfObject object = BpfObject.open(CompiledObject.ofSource(NULL_PROGRAM), "bench")) {
            object.load();
            object.pinProgram("empty", pin);
        }
        return BpfProgram.ofPin(pin);
    }

    private static double install(KernelDatapath datapath, RuleTable table) throws Exception {
        double[] millis = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            datapath.install(table, Tables.identity(table, i + 1), Instant.now());
            millis[i] = Math.round((System.nanoTime() - start) / 1e4) / 100.0;
            Thread.sleep(50); // the bank falls quiet, as between two publishes
        }
        Arrays.sort(millis);
        return millis[ROUNDS / 2];
    }

    private static int nanos(BpfProgram program, int ifindex, PacketTuple packet) throws BpfException {
        int[] nanos = new int[ROUNDS];
        byte[] frame = PacketBytes.frame(packet);
        try (TestRun run = new TestRun(program)) {
            run.skb(ifindex, 0, 0);
            run.run(frame, 1_000);
            int repeat = ROUND_NANOS / Math.max(1, run.nanos());
            for (int i = 0; i < ROUNDS; i++) {
                run.run(frame, repeat);
                nanos[i] = run.nanos();
            }
        }
        Arrays.sort(nanos);
        return nanos[ROUNDS / 2];
    }

    private static PacketTuple packet(int port, int protocol) {
        return new PacketTuple(Direction.INGRESS, "10.0.0.1", TwoHosts.HOST4, protocol, 1025, port, null, null, null);
    }

    /** Allows even TCP ports from 2 on, each by an entry of its own. */
    private static RuleTable table(int size) {
        String rules = IntStream.iterate(0, from -> from < size, from -> from + 4_000)
                .mapToObj(from -> """
                        {"id": "r%d", "action": "allow", "priority": 1, "conditions": [
                          {"field": "protocol", "operator": "eq", "value": "tcp"},
                          {"field": "ip_version", "operator": "eq", "value": 4},
                          {"field": "dest_port", "operator": "in", "value": [%s]}]}""".formatted(
                                from,
                                IntStream.range(from, Math.min(size, from + 4_000))
                                        .mapToObj(port -> Integer.toString(2 * port + 2))
                                        .collect(Collectors.joining(","))))
                .collect(Collectors.joining(","));
        return Tables.of("bench", 1, """
                "priority": 1, "default_action": "none", "rules": [%s]""".formatted(rules));
    }
}
