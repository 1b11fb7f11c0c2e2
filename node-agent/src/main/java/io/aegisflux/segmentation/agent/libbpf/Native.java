package io.aegisflux.segmentation.agent.libbpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** Looks up native functions and binds them. Every bound handle takes a segment for errno as its first argument. */
final class Native {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBC = LINKER.defaultLookup();
    private static final SymbolLookup LIBBPF = libbpf();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final MemoryLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO_OF = CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private Native() {}

    /** A call of a bound function. */
    @FunctionalInterface
    interface Call<T> {
        T with(Arena arena, MemorySegment state) throws Throwable;
    }

    /** A function of libbpf. */
    static MethodHandle libbpf(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(LIBBPF.findOrThrow(name), descriptor, ERRNO);
    }

    /** A function of libc. */
    static MethodHandle libc(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        Linker.Option[] all = new Linker.Option[options.length + 1];
        all[0] = ERRNO;
        System.arraycopy(options, 0, all, 1, options.length);
        return LINKER.downcallHandle(LIBC.findOrThrow(name), descriptor, all);
    }

    /** A function pointer for native code to call; it lives as long as the arena and must never throw. */
    static MemorySegment upcall(MethodHandle target, FunctionDescriptor descriptor, Arena arena) {
        return LINKER.upcallStub(target, descriptor, arena);
    }

    /** Makes a call with an arena of its own and a segment for errno. */
    static <T> T call(Call<T> call) {
        try (Arena arena = Arena.ofConfined()) {
            return call.with(arena, arena.allocate(CALL_STATE));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a native call failed in Java", e);
        }
    }

    /**
     * Makes a call of libbpf, whose functions answer with a number that is an errno when negative.
     *
     * @param what the function and what it was about, for the message
     * @return the number, never negative
     * @throws BpfException when it is
     */
    static int checked(String what, Call<Integer> call) throws BpfException {
        int result = call(call);
        if (result < 0) {
            throw new BpfException(what, -result);
        }
        return result;
    }

    /**
     * Makes a call of libc, whose functions answer -1 and set errno.
     *
     * @throws BpfException when it does
     */
    static int checkedLibc(String what, Call<Integer> call) throws BpfException {
        int[] errno = new int[1];
        int result = call((arena, state) -> {
            int answer = call.with(arena, state);
            errno[0] = errno(state);
            return answer;
        });
        if (result < 0) {
            throw new BpfException(what, errno[0]);
        }
        return result;
    }

    static int errno(MemorySegment state) {
        return (int) ERRNO_OF.get(state, 0L);
    }

    /** An int result with pointer arguments and the like: most of what is bound here. */
    static FunctionDescriptor returningInt(MemoryLayout... arguments) {
        return FunctionDescriptor.of(JAVA_INT, arguments);
    }

    /** As {@link #returningInt}, of functions that answer with a size. */
    static FunctionDescriptor returningLong(MemoryLayout... arguments) {
        return FunctionDescriptor.of(JAVA_LONG, arguments);
    }

    private static SymbolLookup libbpf() {
        try {
            return SymbolLookup.libraryLookup("libbpf.so.1", Arena.global());
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(
                    "libbpf.so.1 cannot be opened: install libbpf (Debian's package libbpf1)", e);
        }
    }
}
