package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfMap;
import io.aegisflux.segmentation.agent.libbpf.BpfObject;
import io.aegisflux.segmentation.agent.libbpf.BpfProgram;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Programs of another tool: one for each kind of hook, which count what they see and let it pass. */
final class ForeignPrograms implements AutoCloseable {
    private static final String SOURCE = """
            #include "vmlinux.h"
            #include <bpf/bpf_helpers.h>

            struct {
            	__uint(type, BPF_MAP_TYPE_ARRAY);
            	__uint(max_entries, 1);
            	__type(key, __u32);
            	__type(value, __u64);
            } seen SEC(".maps");

            static void count(void)
            {
            	__u32 zero = 0;
            	__u64 *value = bpf_map_lookup_elem(&seen, &zero);

            	if (value)
            		__sync_fetch_and_add(value, 1);
            }

            SEC("tc") int foreign_tc(struct __sk_buff *skb)
            {
            	count();
            	return -1;
            }

            SEC("xdp") int foreign_xdp(struct xdp_md *xdp)
            {
            	count();
            	return XDP_PASS;
            }

            SEC("cgroup/connect4") int foreign_connect(struct bpf_sock_addr *address)
            {
            	count();
            	return 1;
            }

            char LICENSE[] SEC("license") = "GPL";
            """;
    private static final List<String> NAMES = List.of("foreign_tc", "foreign_xdp", "foreign_connect");
    private static final AtomicInteger LOADED = new AtomicInteger();
    private static byte[] compiled;

    private final Path pins;

    private ForeignPrograms(Path pins) {
        this.pins = pins;
    }

    static ForeignPrograms load() throws BpfException, IOException {
        Path pins = Files.createDirectories(Path.of("/sys/fs/bpf/aegik-foreign-%d-%d"
                .formatted(ProcessHandle.current().pid(), LOADED.incrementAndGet())));
        ForeignPrograms programs = new ForeignPrograms(pins);
        try (BpfObject object = BpfObject.open(object(), "foreign")) {
            object.load();
            object.pinMap("seen", pins.resolve("seen"));
            for (String name : NAMES) {
                object.pinProgram(name, pins.resolve(name));
            }
            return programs;
        } catch (BpfException | RuntimeException e) {
            programs.close();
            throw e;
        }
    }

    /** For tools that attach what is pinned. */
    Path tcPin() {
        return pins.resolve("foreign_tc");
    }

    /** Whoever asks closes it. */
    BpfProgram tc() throws BpfException {
        return BpfProgram.ofPin(tcPin());
    }

    BpfProgram xdp() throws BpfException {
        return BpfProgram.ofPin(pins.resolve("foreign_xdp"));
    }

    BpfProgram connect() throws BpfException {
        return BpfProgram.ofPin(pins.resolve("foreign_connect"));
    }

    /** Packets and connects that were seen since the last call. */
    long seen() throws BpfException {
        try (BpfMap map = BpfMap.ofPin(pins.resolve("seen"));
                Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocateFrom(JAVA_INT, 0);
            MemorySegment value = arena.allocate(JAVA_LONG);
            map.lookup(key, value);
            long seen = value.get(JAVA_LONG, 0);
            map.update(key, arena.allocateFrom(JAVA_LONG, 0));
            return seen;
        }
    }

    @Override
    public void close() throws IOException {
        for (String pin : NAMES) {
            Files.deleteIfExists(pins.resolve(pin));
        }
        Files.deleteIfExists(pins.resolve("seen"));
        Files.deleteIfExists(pins);
    }

    private static synchronized byte[] object() {
        if (compiled == null) {
            compiled = CompiledObject.ofSource(SOURCE);
        }
        return compiled;
    }
}
