package io.aegisflux.segmentation.agent.libbpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** Collects what libbpf prints, the verifier's log among it, instead of letting it go to standard error. */
final class LibbpfLog {
    /** Characters kept: the end of a verifier's log says what it refuses. */
    private static final int KEPT = 64 * 1024;

    /** Bytes of what is printed at once, of which the end would be lost: a verifier's log is one such line. */
    private static final int LINE = 4 * 1024 * 1024;

    private static final int DEBUG = 2;
    private static final MethodHandle VSNPRINTF =
            Native.libc("vsnprintf", Native.returningInt(ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));
    private static final MethodHandle SET_PRINT =
            Native.libbpf("libbpf_set_print", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final ThreadLocal<StringBuilder> OPEN = new ThreadLocal<>();

    static {
        install();
    }

    private LibbpfLog() {}

    /** A piece of work whose prints are wanted. */
    @FunctionalInterface
    interface Work {
        int run();
    }

    /**
     * Does the work; libbpf answers with a number that is an errno when negative.
     *
     * @throws BpfException when it is, with what was printed meanwhile on this thread
     */
    static void checked(String what, Work work) throws BpfException {
        StringBuilder log = new StringBuilder();
        OPEN.set(log);
        int result;
        try {
            result = work.run();
        } finally {
            OPEN.remove();
        }
        if (result < 0) {
            throw new BpfException(what, -result, log.toString());
        }
    }

    /** Does the work and keeps what libbpf prints from everybody; returns its number. */
    static int quietly(Work work) {
        OPEN.set(new StringBuilder());
        try {
            return work.run();
        } finally {
            OPEN.remove();
        }
    }

    private static void install() {
        try {
            MethodHandle print = MethodHandles.lookup()
                    .findStatic(
                            LibbpfLog.class,
                            "print",
                            MethodType.methodType(int.class, int.class, MemorySegment.class, MemorySegment.class));
            MemorySegment stub = Native.upcall(print, Native.returningInt(JAVA_INT, ADDRESS, ADDRESS), Arena.global());
            Native.call((arena, state) -> (MemorySegment) SET_PRINT.invokeExact(state, stub));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Called by libbpf: {@code int (*)(enum libbpf_print_level, const char *format, va_list)}. A va_list is passed by
     * its address on x86-64 and AArch64 alike. An exception that left this frame would end the JVM.
     */
    @SuppressWarnings("unused")
    private static int print(int level, MemorySegment format, MemorySegment arguments) {
        StringBuilder log = OPEN.get();
        if (log == null || level >= DEBUG) {
            return 0;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment line = arena.allocate(LINE);
            Native.call((ignored, state) -> (int) VSNPRINTF.invokeExact(state, line, (long) LINE, format, arguments));
            log.append(line.getString(0));
            if (log.length() > KEPT) {
                log.delete(0, log.length() - KEPT);
            }
        } catch (Throwable e) {
            log.append("(a line of libbpf could not be read: ").append(e).append(")\n");
        }
        return 0;
    }
}
