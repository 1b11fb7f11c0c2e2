package io.aegisflux.segmentation.cli.demo;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

/**
 * A named network namespace of this machine. What is called in it runs in a thread of its own, which enters it by setns(2)
 * and ends there: no other thread changes its place. Entering takes root, more exactly CAP_SYS_ADMIN.
 */
record NetworkNamespace(Path path) {
    /** Where {@code ip netns} keeps them. */
    private static final Path NAMED = Path.of("/run/netns");

    NetworkNamespace {
        requireNonNull(path, "path is null");
    }

    /** This machine does not let us in. */
    static final class NotEnteredException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotEnteredException(Path path, Throwable cause) {
            super("cannot enter the network namespace " + path, cause);
        }
    }

    static List<NetworkNamespace> all() {
        if (!Files.isDirectory(NAMED)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.list(NAMED)) {
            return paths.sorted().map(NetworkNamespace::new).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + NAMED, e);
        }
    }

    /**
     * Whether an interface of it has this address; not, when this is not root or it is gone meanwhile.
     *
     * @param address IPv4
     */
    boolean has(InetAddress address) {
        try {
            return call(() -> NetworkInterface.getByInetAddress(address) != null);
        } catch (NotEnteredException e) {
            return false;
        }
    }

    /**
     * Calls it in here.
     *
     * @throws NotEnteredException when this is not root, or it is gone
     */
    <T> T call(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(() -> {
            enter();
            return work.call();
        });
        Thread.ofPlatform().name("in " + path.getFileName()).daemon().start(task);
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("cannot work in " + path, e.getCause());
        }
    }

    private void enter() {
        try (Arena arena = Arena.ofConfined()) {
            int descriptor = (int) Libc.OPEN.invokeExact(arena.allocateFrom(path.toString()), Libc.READ_ONLY);
            if (descriptor < 0) {
                throw new NotEnteredException(path, null);
            }
            int result = (int) Libc.SETNS.invokeExact(descriptor, Libc.NETWORK);
            int ignored = (int) Libc.CLOSE.invokeExact(descriptor);
            if (result != 0) {
                throw new NotEnteredException(path, null);
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new NotEnteredException(path, e);
        }
    }

    /** Bound when a namespace is entered for the first time: no other verb pays for it. */
    private static final class Libc {
        /** O_RDONLY and O_CLOEXEC of fcntl.h. */
        static final int READ_ONLY = 0x80000;
        /** CLONE_NEWNET of sched.h. */
        static final int NETWORK = 0x40000000;

        static final MethodHandle OPEN =
                bind("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), Linker.Option.firstVariadicArg(2));
        static final MethodHandle SETNS = bind("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
        static final MethodHandle CLOSE = bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

        private static MethodHandle bind(String name, FunctionDescriptor descriptor, Linker.Option... options) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
        }
    }
}
