package io.aegisflux.segmentation.e2e;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfMap;
import io.aegisflux.segmentation.harness.Command;
import io.aegisflux.segmentation.harness.Figures;
import io.aegisflux.segmentation.harness.Repository;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A hash in the kernel, written entry by entry and read in batches: through the agent's {@link BpfMap}, and by a C program
 * that makes the same calls of libbpf, in turns. Rule tables take neither way: the agent writes them into memory that it
 * shares with the kernel.
 */
final class MapSyncBenchmark {
    private static final int ENTRIES = 100_000;
    private static final int VALUE_BYTES = 64;
    private static final int TURNS = 9;
    private static final int ROUNDS = 3;
    private static final int WARM_UP = 10;
    private static final Path PINS = Path.of("/sys/fs/bpf");
    private static final String SECTION = "A map of 100,000 entries, FFM beside C";

    private MapSyncBenchmark() {}

    /** Nanoseconds for all entries, of each round. */
    private record Rounds(List<Long> writing, List<Long> reading) {
        Rounds() {
            this(new ArrayList<>(), new ArrayList<>());
        }
    }

    static void measure(Figures figures) throws IOException, BpfException {
        Path program = compile();
        Path pin = PINS.resolve("aegisflux-bench-" + ProcessHandle.current().pid());
        Command.run(
                "bpftool",
                "map",
                "create",
                pin.toString(),
                "type",
                "hash",
                "key",
                "8",
                "value",
                "" + VALUE_BYTES,
                "entries",
                "" + 2 * ENTRIES,
                "name",
                "bench");
        Rounds java = new Rounds();
        Rounds c = new Rounds();
        try (BpfMap map = BpfMap.ofPin(pin)) {
            ours(map, WARM_UP, new Rounds());
            for (int turn = 0; turn < TURNS; turn++) {
                ours(map, ROUNDS, java);
                reference(program, pin, c);
            }
        } finally {
            Files.deleteIfExists(pin);
        }
        row(figures, "written one by one", java.writing, c.writing);
        row(figures, "read in batches", java.reading, c.reading);
    }

    private static void row(Figures figures, String what, List<Long> java, List<Long> c) {
        double ours = millis(java);
        double reference = millis(c);
        figures.atLeast(
                0.9,
                SECTION,
                what + ", times as fast as C",
                reference / ours,
                "",
                "%.2f ms in Java, %.2f ms in C".formatted(ours, reference));
    }

    private static double millis(List<Long> nanos) {
        Collections.sort(nanos);
        return nanos.get(nanos.size() / 2) / 1e6;
    }

    private static Path compile() throws IOException {
        Path program = Files.createDirectories(Repository.root().resolve("target/bench"))
                .resolve("map-sync");
        Command.run(
                "clang",
                "-O2",
                "-o",
                program.toString(),
                Repository.root().resolve("e2e/src/main/c/map-sync.c").toString(),
                "-lbpf");
        return program;
    }

    private static void reference(Path program, Path pin, Rounds into) {
        Command.run(program.toString(), pin.toString(), "" + ENTRIES, "" + ROUNDS)
                .lines()
                .filter(line -> line.indexOf(' ') > 0)
                .forEach(line -> {
                    String[] nanos = line.split(" ");
                    into.writing.add(Long.parseLong(nanos[0]));
                    into.reading.add(Long.parseLong(nanos[1]));
                });
    }

    private static void ours(BpfMap map, int rounds, Rounds into) throws BpfException {
        for (int round = 0; round < rounds; round++) {
            long start = System.nanoTime();
            write(map);
            long written = System.nanoTime();
            long sum = read(map);
            into.reading.add(System.nanoTime() - written);
            into.writing.add(written - start);
            if (sum != expectedSum()) {
                throw new IllegalStateException("what was read is not what was written");
            }
        }
    }

    private static void write(BpfMap map) throws BpfException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(JAVA_LONG);
            MemorySegment value = arena.allocate(VALUE_BYTES, 8);
            for (long i = 0; i < ENTRIES; i++) {
                key.set(JAVA_LONG, 0, i);
                value.set(JAVA_LONG, 0, i);
                map.update(key, value);
            }
        }
    }

    private static long read(BpfMap map) throws BpfException {
        long[] sum = new long[1];
        map.forEach((key, value) -> sum[0] += key.get(JAVA_LONG, 0) ^ value.get(JAVA_LONG, 0) << 1);
        return sum[0];
    }

    private static long expectedSum() {
        long sum = 0;
        for (long i = 0; i < ENTRIES; i++) {
            sum += i ^ i << 1;
        }
        return sum;
    }
}
