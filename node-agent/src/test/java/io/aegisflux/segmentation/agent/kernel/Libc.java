package io.aegisflux.segmentation.agent.kernel;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/** Functions of libc that tests call, where nothing is said about a failure but that it is one. */
final class Libc {
    private static final Linker LINKER = Linker.nativeLinker();

    private Libc() {}

    static MethodHandle function(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, options);
    }

    /** A call of a bound function. */
    @FunctionalInterface
    interface Call {
        long run() throws Throwable;
    }

    /** Makes a call; returns its answer, negative or not. */
    static long call(Call call) {
        try {
            return call.run();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * As {@link #call}.
     *
     * @param what for the message
     * @throws IllegalStateException when the answer is negative
     */
    static long require(String what, Call call) {
        long result = call(call);
        if (result < 0) {
            throw new IllegalStateException(what + " is refused");
        }
        return result;
    }
}
