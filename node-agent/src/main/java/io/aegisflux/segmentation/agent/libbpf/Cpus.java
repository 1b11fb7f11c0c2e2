package io.aegisflux.segmentation.agent.libbpf;

import java.lang.invoke.MethodHandle;

/** The CPUs a per-CPU map has values of. */
public final class Cpus {
    private static final MethodHandle POSSIBLE = Native.libbpf("libbpf_num_possible_cpus", Native.returningInt());

    private static final int COUNT = count();

    private Cpus() {}

    /** How many there may ever be on this machine, not only those that are on now. */
    public static int possible() {
        return COUNT;
    }

    private static int count() {
        try {
            return Native.checked("libbpf_num_possible_cpus", (arena, state) -> (int) POSSIBLE.invokeExact(state));
        } catch (BpfException e) {
            throw new IllegalStateException("the number of CPUs is not known", e);
        }
    }
}
