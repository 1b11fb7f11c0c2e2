package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfMap;
import io.aegisflux.segmentation.agent.libbpf.BpfObject;
import io.aegisflux.segmentation.agent.libbpf.BpfProgram;
import io.aegisflux.segmentation.agent.libbpf.TestRun;
import io.aegisflux.segmentation.contracts.PacketTuple;
import io.aegisflux.segmentation.harness.Directories;
import io.aegisflux.segmentation.harness.Repository;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Times the search over the table that a datapath has in force, by the programs of search.bpf.c over its maps. */
final class SearchRuns implements AutoCloseable {
    static final int FLOWS = 65_536;

    private static final int ROUNDS = 7;
    private static final int ROUND_NANOS = 30_000_000;
    private static final int HEADER_BYTES = 72;
    private static final int ETHERNET_BYTES = 14;
    private static final List<String> PROGRAMS =
            List.of("one_flow", "one_flow_empty", "many_flows", "many_flows_empty", "drop_all");

    private static final Path SOURCE = Repository.root().resolve("node-agent/src/test/bpf/search.bpf.c");

    private final Arena arena = Arena.ofShared();
    private final Path own;
    private final BpfMap headersMap;
    private final MemorySegment headers;

    /** What one packet costs, in nanoseconds. */
    record Cost(int gross, int empty) {
        int net() {
            return gross - empty;
        }
    }

    /**
     * @param directory of the datapath's pins, beside which its own go until it is closed
     * @param pins where the datapath has its maps
     */
    SearchRuns(Path directory, PinDirectory pins) throws BpfException, IOException {
        own = Files.createDirectory(directory.resolveSibling(directory.getFileName() + "-bench"));
        try (BpfObject object = BpfObject.open(CompiledObject.ofSource(Files.readString(SOURCE)), "bench")) {
            for (String map : object.maps()) {
                if (!map.startsWith(".") && !map.contains("headers") && !map.startsWith("bench.")) {
                    try (BpfMap existing = BpfMap.ofPin(pins.map(map))) {
                        object.reuse(map, existing);
                    }
                }
            }
            object.load();
            for (String program : PROGRAMS) {
                object.pinProgram(program, own.resolve(program));
            }
            object.pinMap("headers", own.resolve("headers"));
        } catch (BpfException | IOException | RuntimeException e) {
            Directories.delete(own);
            throw e;
        }
        headersMap = BpfMap.ofPin(own.resolve("headers"));
        headers = headersMap.map(arena);
    }

    /** Of one flow, again and again. */
    Cost one(PacketTuple flow) throws BpfException {
        byte[] frame = padded(PacketBytes.frame(flow));
        return new Cost(nanos("one_flow", frame), nanos("one_flow_empty", frame));
    }

    /** Of {@link #FLOWS} flows in turn, all of one IP version. */
    Cost many(List<PacketTuple> flows) throws BpfException {
        for (int i = 0; i < FLOWS; i++) {
            byte[] frame = padded(PacketBytes.frame(flows.get(i)));
            MemorySegment.copy(frame, ETHERNET_BYTES, headers, JAVA_BYTE, (long) i * HEADER_BYTES, HEADER_BYTES);
        }
        byte[] frame = padded(PacketBytes.frame(flows.getFirst()));
        return new Cost(nanos("many_flows", frame), nanos("many_flows_empty", frame));
    }

    /** Of one flow, on its way from the driver to where it is dropped. */
    int received(int ifindex, PacketTuple flow) throws BpfException {
        int[] nanos = new int[ROUNDS];
        byte[] frame = padded(PacketBytes.frame(flow));
        try (BpfProgram pass = BpfProgram.ofPin(own.resolve("one_flow_empty"));
                TestRun run = new TestRun(pass)) {
            run.receive(ifindex, frame, 1_000);
            int repeat = Math.clamp(ROUND_NANOS / Math.max(1, run.nanos()), 100, 100_000);
            for (int i = 0; i < ROUNDS; i++) {
                run.receive(ifindex, frame, repeat);
                nanos[i] = run.nanos();
            }
        }
        Arrays.sort(nanos);
        return nanos[ROUNDS / 2];
    }

    /** Where a program is pinned. */
    Path pin(String program) {
        return own.resolve(program);
    }

    private int nanos(String name, byte[] frame) throws BpfException {
        int[] nanos = new int[ROUNDS];
        try (BpfProgram program = BpfProgram.ofPin(own.resolve(name));
                TestRun run = new TestRun(program)) {
            run.run(frame, FLOWS);
            int repeat = Math.max(FLOWS, ROUND_NANOS / Math.max(1, run.nanos()));
            for (int i = 0; i < ROUNDS; i++) {
                run.run(frame, repeat);
                nanos[i] = run.nanos();
            }
        }
        Arrays.sort(nanos);
        return nanos[ROUNDS / 2];
    }

    private static byte[] padded(byte[] frame) {
        return Arrays.copyOf(frame, Math.max(frame.length, ETHERNET_BYTES + HEADER_BYTES));
    }

    @Override
    public void close() {
        arena.close();
        headersMap.close();
        Directories.delete(own);
    }
}
