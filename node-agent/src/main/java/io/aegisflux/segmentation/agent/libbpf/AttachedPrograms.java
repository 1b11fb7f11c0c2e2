package io.aegisflux.segmentation.agent.libbpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Which programs are on a hook, whoever attached them: their ids, as {@code bpftool prog} shows them. */
public final class AttachedPrograms {
    private static final int EFFECTIVE = 1; // BPF_F_QUERY_EFFECTIVE: those of the cgroups above too
    private static final int USUAL = 64; // what a tcx hook holds at most
    private static final int MOST = 4096;

    private static final int XDP_OPTIONS_BYTES = 32; // struct bpf_xdp_query_opts: sz, prog_id, drv, hw, skb, mode
    private static final int XDP_DRIVER = 12;
    private static final int XDP_OFFLOADED = 16;
    private static final int XDP_GENERIC = 20;

    private static final MethodHandle QUERY = Native.libbpf(
            "bpf_prog_query", Native.returningInt(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle XDP_QUERY =
            Native.libbpf("bpf_xdp_query", Native.returningInt(JAVA_INT, JAVA_INT, ADDRESS));

    private AttachedPrograms() {}

    /**
     * In the order in which they run.
     *
     * @param hook TCX_INGRESS or TCX_EGRESS
     * @throws BpfException below Linux 6.6, with EINVAL
     */
    public static List<Integer> tcx(int ifindex, BpfLink.Hook hook) throws BpfException {
        return query(ifindex, hook, 0);
    }

    /**
     * What runs for the processes of a cgroup, those of the cgroups above included, in the order in which they run.
     *
     * @param hook CONNECT4 or CONNECT6
     */
    public static List<Integer> cgroup(Path cgroup, BpfLink.Hook hook) throws BpfException {
        try (Fd directory = Fd.ofDirectory(cgroup)) {
            return query(directory.number(), hook, EFFECTIVE);
        }
    }

    /** In the driver's path, the generic one, and on the card: at most one each. */
    public static List<Integer> xdp(int ifindex) throws BpfException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment options = arena.allocate(XDP_OPTIONS_BYTES, 8);
            options.set(JAVA_LONG, 0, options.byteSize());
            LibbpfLog.checked(
                    "bpf_xdp_query of interface " + ifindex,
                    () -> Native.call((ignored, state) -> (int) XDP_QUERY.invokeExact(state, ifindex, 0, options)));
            return IntStream.of(XDP_DRIVER, XDP_GENERIC, XDP_OFFLOADED)
                    .map(at -> options.get(JAVA_INT, at))
                    .filter(id -> id != 0)
                    .boxed()
                    .toList();
        }
    }

    private static List<Integer> query(int target, BpfLink.Hook hook, int flags) throws BpfException {
        int capacity = USUAL;
        while (true) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment ids = arena.allocate(JAVA_INT, capacity);
                MemorySegment count = arena.allocateFrom(JAVA_INT, capacity);
                Native.checked("bpf_prog_query at " + hook, (ignored, state) ->
                        (int) QUERY.invokeExact(state, target, hook.number(), flags, MemorySegment.NULL, ids, count));
                List<Integer> found = new ArrayList<>();
                for (int i = 0; i < count.get(JAVA_INT, 0); i++) {
                    found.add(ids.getAtIndex(JAVA_INT, i));
                }
                return found;
            } catch (BpfException e) {
                capacity *= 2;
                if (e.errno() != Errno.ENOSPC || capacity > MOST) {
                    throw e;
                }
            }
        }
    }
}
