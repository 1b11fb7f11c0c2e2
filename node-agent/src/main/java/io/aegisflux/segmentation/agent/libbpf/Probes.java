package io.aegisflux.segmentation.agent.libbpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Asks the kernel what it can do; leaves nothing behind. */
public final class Probes {
    /** Program types (enum bpf_prog_type). */
    public static final int SCHED_CLS = 3;

    public static final int XDP = 6;
    public static final int CGROUP_SOCK_ADDR = 18;

    /** Map types (enum bpf_map_type). */
    public static final int HASH = 1;

    public static final int ARRAY = 2;
    public static final int PERCPU_ARRAY = 6;
    public static final int LRU_HASH = 9;
    public static final int LPM_TRIE = 11;
    public static final int RINGBUF = 27;

    /** Helpers (enum bpf_func_id). */
    public static final int SKB_PULL_DATA = 39;

    public static final int GET_NETNS_COOKIE = 122;
    public static final int RINGBUF_RESERVE = 131;
    public static final int KTIME_GET_COARSE_NS = 160;

    private static final int MMAPABLE = 1 << 10;
    private static final int NO_INTERFACE = Integer.MAX_VALUE;
    private static final long RETURN_MINUS_ONE = 0xFFFF_FFFF_0000_00B7L; // r0 = -1
    private static final long EXIT = 0x95;

    private static final MethodHandle PROGRAM_TYPE =
            Native.libbpf("libbpf_probe_bpf_prog_type", Native.returningInt(JAVA_INT, ADDRESS));
    private static final MethodHandle MAP_TYPE =
            Native.libbpf("libbpf_probe_bpf_map_type", Native.returningInt(JAVA_INT, ADDRESS));
    private static final MethodHandle HELPER =
            Native.libbpf("libbpf_probe_bpf_helper", Native.returningInt(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle MAP_CREATE = Native.libbpf(
            "bpf_map_create", Native.returningInt(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle PROGRAM_LOAD = Native.libbpf(
            "bpf_prog_load", Native.returningInt(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));

    private Probes() {}

    public static boolean programType(int type) {
        return LibbpfLog.quietly(() ->
                        Native.call((arena, state) -> (int) PROGRAM_TYPE.invokeExact(state, type, MemorySegment.NULL)))
                == 1;
    }

    public static boolean mapType(int type) {
        return LibbpfLog.quietly(() ->
                        Native.call((arena, state) -> (int) MAP_TYPE.invokeExact(state, type, MemorySegment.NULL)))
                == 1;
    }

    /** Whether programs of a type may call a helper. */
    public static boolean helper(int programType, int helper) {
        return LibbpfLog.quietly(() -> Native.call(
                        (arena, state) -> (int) HELPER.invokeExact(state, programType, helper, MemorySegment.NULL)))
                == 1;
    }

    /** Whether an array with a value of so many bytes can be mapped into a process (Linux 5.5): by making one. */
    public static boolean mmapableArray(int valueBytes) {
        return opened(LibbpfLog.quietly(() -> Native.call((arena, state) -> {
            MemorySegment options = arena.allocate(32, 8); // struct bpf_map_create_opts: sz, 4 of BTF, map_flags
            options.set(JAVA_LONG, 0, options.byteSize());
            options.set(JAVA_INT, 24, MMAPABLE);
            return (int) MAP_CREATE.invokeExact(state, ARRAY, arena.allocateFrom("probe"), 4, valueBytes, 1, options);
        })));
    }

    /** Whether tcx is there (Linux 6.6): by asking for a link on an interface that cannot be. */
    public static boolean tcx() {
        int program = LibbpfLog.quietly(() -> Native.call((arena, state) -> {
            MemorySegment code = arena.allocateFrom(JAVA_LONG, RETURN_MINUS_ONE, EXIT);
            MemorySegment name = arena.allocateFrom("probe");
            MemorySegment license = arena.allocateFrom("GPL");
            return (int) PROGRAM_LOAD.invokeExact(state, SCHED_CLS, name, license, code, 2L, MemorySegment.NULL);
        }));
        if (program < 0) {
            return false;
        }
        try (Fd fd = new Fd(program)) {
            BpfLink.create(fd.number(), NO_INTERFACE, BpfLink.Hook.TCX_INGRESS, 0)
                    .close();
            return true;
        } catch (BpfException e) {
            return e.errno() == Errno.ENODEV; // a kernel without it does not get as far
        }
    }

    private static boolean opened(int fd) {
        if (fd < 0) {
            return false;
        }
        new Fd(fd).close();
        return true;
    }
}
