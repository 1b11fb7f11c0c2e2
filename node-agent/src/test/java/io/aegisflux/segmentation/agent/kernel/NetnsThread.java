package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A thread that lives in a network namespace: what it opens belongs there. */
final class NetnsThread implements AutoCloseable {
    private static final int CLONE_NEWNET = 0x40000000;
    private static final MethodHandle OPEN = Libc.function(
            "open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE = Libc.function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle SETNS =
            Libc.function("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    private final ExecutorService thread;

    /**
     * @param name as {@code ip netns} lists it
     */
    NetnsThread(String name) {
        thread = Executors.newSingleThreadExecutor(
                task -> Thread.ofPlatform().name("netns-" + name).daemon().unstarted(task));
        call(() -> {
            enter("/run/netns/" + name);
            return null;
        });
    }

    <T> T call(Callable<T> work) {
        try {
            return thread.submit(work).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException runtime) {
                throw runtime;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Work without a result. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    /** Does the work on the thread and waits for it. */
    void run(Work work) {
        call(() -> {
            work.run();
            return null;
        });
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    private static void enter(String path) {
        try (Arena arena = Arena.ofConfined()) {
            int fd = (int) Libc.require(path, () -> (int) OPEN.invokeExact(arena.allocateFrom(path), 0));
            Libc.require("entering " + path, () -> (int) SETNS.invokeExact(fd, CLONE_NEWNET));
            Libc.require("closing " + path, () -> (int) CLOSE.invokeExact(fd));
        }
    }
}
