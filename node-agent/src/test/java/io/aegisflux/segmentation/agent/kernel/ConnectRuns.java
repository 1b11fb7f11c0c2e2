package io.aegisflux.segmentation.agent.kernel;

import com.fasterxml.jackson.databind.JsonNode;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.harness.Command;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Times connect() of a UDP socket by this thread's process, in a cgroup of its own. */
final class ConnectRuns implements AutoCloseable {
    private static final Path STATISTICS = Path.of("/proc/sys/kernel/bpf_stats_enabled");
    private static final int ROUNDS = 9;
    private static final int CONNECTS = 20_000;

    private final SocketAddress peer = new InetSocketAddress(TwoHosts.PEER4, 9);
    private final Path before;

    /** Moves this process into the cgroup until it is closed. */
    ConnectRuns(Path cgroup) throws IOException {
        Path mount = cgroup.getParent();
        String line = Files.readAllLines(Path.of("/proc/self/cgroup")).stream()
                .filter(each -> each.startsWith("0::"))
                .findFirst()
                .orElseThrow();
        before = mount.resolve(line.substring("0::/".length()));
        move(cgroup);
    }

    /** What a connect and its end take: the median of several rounds, in nanoseconds. */
    double nanos() throws IOException {
        double[] nanos = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
                long start = System.nanoTime();
                for (int i = 0; i < CONNECTS; i++) {
                    channel.connect(peer);
                    channel.disconnect();
                }
                nanos[round] = (System.nanoTime() - start) / (double) CONNECTS;
            }
        }
        Arrays.sort(nanos);
        return nanos[ROUNDS / 2];
    }

    /** How long a run of a program takes by the kernel's own statistics, in nanoseconds. */
    double nanosOf(Path program) throws IOException {
        Files.writeString(STATISTICS, "1");
        try {
            JsonNode before = shown(program);
            nanos();
            JsonNode after = shown(program);
            return number(before, after, "run_time_ns") / number(before, after, "run_cnt");
        } finally {
            Files.writeString(STATISTICS, "0");
        }
    }

    private static JsonNode shown(Path program) throws IOException {
        return Wire.mapper().readTree(Command.run("bpftool", "-j", "prog", "show", "pinned", program.toString()));
    }

    private static double number(JsonNode before, JsonNode after, String name) {
        return after.path(name).asDouble() - before.path(name).asDouble();
    }

    @Override
    public void close() throws IOException {
        move(before);
    }

    private static void move(Path cgroup) throws IOException {
        Files.writeString(
                cgroup.resolve("cgroup.procs"),
                Long.toString(ProcessHandle.current().pid()));
    }
}
