package io.aegisflux.segmentation.agent.libbpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/**
 * Waits until no CPU runs a program any more that it ran before: an RCU grace period, which is what
 * {@code membarrier(MEMBARRIER_CMD_GLOBAL)} is (kernel/sched/membarrier.c). Takes some milliseconds.
 */
public final class GracePeriod {
    private static final long MEMBARRIER = System.getProperty("os.arch").equals("aarch64") ? 283 : 324;
    private static final int CMD_GLOBAL = 1;

    private static final MethodHandle SYSCALL = Native.libc(
            "syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT),
            Linker.Option.firstVariadicArg(1));

    private GracePeriod() {}

    /**
     * @throws BpfException where the kernel has no such command, as with nohz_full
     */
    public static void await() throws BpfException {
        Native.checkedLibc(
                "membarrier", (arena, state) -> (int) (long) SYSCALL.invokeExact(state, MEMBARRIER, CMD_GLOBAL, 0, 0));
    }
}
