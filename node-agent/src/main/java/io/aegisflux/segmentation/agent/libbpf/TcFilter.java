package io.aegisflux.segmentation.agent.libbpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * A program on a clsact filter of an interface: what kernels below 6.6 have in place of tcx. Ours is known by its
 * priority and handle; filters of others are not touched, and the qdisc, which others may use too, stays when ours goes.
 * A filter outlives the process by itself.
 */
public final class TcFilter {
    /** Ours, out of the way of the low numbers that tools take by default. */
    private static final int PRIORITY = 0xAE;

    private static final int HANDLE = 0xAE615;
    private static final int REPLACE = 1;

    private static final StructLayout HOOK = MemoryLayout.structLayout(
            JAVA_LONG.withName("sz"),
            JAVA_INT.withName("ifindex"),
            JAVA_INT.withName("attach_point"),
            JAVA_INT.withName("parent"),
            MemoryLayout.paddingLayout(4));
    private static final StructLayout OPTIONS = MemoryLayout.structLayout(
            JAVA_LONG.withName("sz"),
            JAVA_INT.withName("prog_fd"),
            JAVA_INT.withName("flags"),
            JAVA_INT.withName("prog_id"),
            JAVA_INT.withName("handle"),
            JAVA_INT.withName("priority"),
            MemoryLayout.paddingLayout(4));
    private static final long PROG_FD = 8;
    private static final long FLAGS = 12;
    private static final long PROG_ID = 16;

    private static final MethodHandle HOOK_CREATE = Native.libbpf("bpf_tc_hook_create", Native.returningInt(ADDRESS));
    private static final MethodHandle ATTACH = Native.libbpf("bpf_tc_attach", Native.returningInt(ADDRESS, ADDRESS));
    private static final MethodHandle DETACH = Native.libbpf("bpf_tc_detach", Native.returningInt(ADDRESS, ADDRESS));
    private static final MethodHandle QUERY = Native.libbpf("bpf_tc_query", Native.returningInt(ADDRESS, ADDRESS));

    private TcFilter() {}

    /** Which way, with libbpf's number (enum bpf_tc_attach_point). */
    public enum Way {
        INGRESS(1, 0xFFFF_FFF2),
        EGRESS(2, 0xFFFF_FFF3);

        private final int number;
        private final int parent;

        /**
         * @param parent what rtnetlink calls it: TC_H_MIN_INGRESS or TC_H_MIN_EGRESS of TC_H_CLSACT
         */
        Way(int number, int parent) {
            this.number = number;
            this.parent = parent;
        }
    }

    /** Puts the program there, in the place of the one that is, without a gap. */
    public static void attach(BpfProgram program, int ifindex, Way way) throws BpfException {
        int created = LibbpfLog.quietly(() ->
                Native.call((arena, state) -> (int) HOOK_CREATE.invokeExact(state, hook(arena, ifindex, way))));
        if (created < 0 && -created != Errno.EEXIST) {
            throw new BpfException("bpf_tc_hook_create on interface " + ifindex, -created);
        }
        LibbpfLog.checked(
                "bpf_tc_attach on interface " + ifindex,
                () -> Native.call((arena, state) -> {
                    MemorySegment options = options(arena);
                    options.set(JAVA_INT, PROG_FD, program.fd());
                    options.set(JAVA_INT, FLAGS, REPLACE);
                    return (int) ATTACH.invokeExact(state, hook(arena, ifindex, way), options);
                }));
    }

    /** The id of the program that is there by us; 0 when none is. */
    public static int programId(int ifindex, Way way) throws BpfException {
        int[] id = new int[1];
        int result = LibbpfLog.quietly(() -> Native.call((arena, state) -> {
            MemorySegment options = options(arena);
            int answer = (int) QUERY.invokeExact(state, hook(arena, ifindex, way), options);
            id[0] = options.get(JAVA_INT, PROG_ID);
            return answer;
        }));
        if (result < 0 && isAnError(-result)) {
            throw new BpfException("bpf_tc_query on interface " + ifindex, -result);
        }
        return result < 0 ? 0 : id[0];
    }

    /**
     * The ids of the programs that are there on filters, ours and those of others, in the order in which they run: by
     * their priorities.
     */
    public static List<Integer> programs(int ifindex, Way way) throws BpfException {
        return TcFilterDump.programs(ifindex, way.parent);
    }

    /** Takes ours away; nothing happens when there is none. */
    public static void detach(int ifindex, Way way) throws BpfException {
        int result = LibbpfLog.quietly(() -> Native.call(
                (arena, state) -> (int) DETACH.invokeExact(state, hook(arena, ifindex, way), options(arena))));
        if (result < 0 && isAnError(-result)) {
            throw new BpfException("bpf_tc_detach on interface " + ifindex, -result);
        }
    }

    /** Without a qdisc the kernel says EINVAL, without our filter ENOENT, without the interface ENODEV. */
    private static boolean isAnError(int errno) {
        return errno != Errno.ENOENT && errno != Errno.EINVAL && errno != Errno.ENODEV;
    }

    private static MemorySegment hook(Arena arena, int ifindex, Way way) {
        MemorySegment hook = arena.allocate(HOOK);
        hook.set(JAVA_LONG, 0, HOOK.byteSize());
        hook.set(JAVA_INT, 8, ifindex);
        hook.set(JAVA_INT, 12, way.number);
        return hook;
    }

    private static MemorySegment options(Arena arena) {
        MemorySegment options = arena.allocate(OPTIONS);
        options.set(JAVA_LONG, 0, OPTIONS.byteSize());
        options.set(JAVA_INT, 20, HANDLE);
        options.set(JAVA_INT, 24, PRIORITY);
        return options;
    }
}
