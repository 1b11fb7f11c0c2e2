package io.aegisflux.segmentation.agent.libbpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.util.Objects.requireNonNull;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Hears when interfaces or addresses of a network namespace change. What changed is not told: whoever is told looks.
 */
public final class NetworkChanges implements AutoCloseable {
    private static final int EFD_CLOEXEC = 0x80000;
    private static final short POLLIN = 1;
    private static final int POLLFD_BYTES = 8; // struct pollfd: fd, events, returned events
    private static final int POLLFD_EVENTS = 4;
    private static final int POLLFD_RETURNED = 6;
    private static final int FOREVER = -1;
    private static final int DATAGRAM_BYTES = 8 * 1024;

    private static final MethodHandle POLL = Native.libc("poll", Native.returningInt(ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle EVENTFD = Native.libc("eventfd", Native.returningInt(JAVA_INT, JAVA_INT));
    private static final MethodHandle WRITE = Native.libc("write", Native.returningLong(JAVA_INT, ADDRESS, JAVA_LONG));

    private final RouteSocket socket;
    private final Fd stop;

    private NetworkChanges(RouteSocket socket, Fd stop) {
        this.socket = requireNonNull(socket, "socket is null");
        this.stop = requireNonNull(stop, "stop is null");
    }

    /** Begins to hear of the network namespace of this thread. */
    public static NetworkChanges open() throws BpfException {
        Fd stop = new Fd(
                Native.checkedLibc("eventfd", (arena, state) -> (int) EVENTFD.invokeExact(state, 0, EFD_CLOEXEC)));
        try {
            return new NetworkChanges(
                    RouteSocket.open(RouteSocket.LINK | RouteSocket.IPV4_ADDRESS | RouteSocket.IPV6_ADDRESS), stop);
        } catch (BpfException | RuntimeException e) {
            stop.close();
            throw e;
        }
    }

    /**
     * Waits for changes; those that are there together are one. For one thread.
     *
     * @return false when {@link #stop()} ended the waiting
     */
    public boolean await() throws BpfException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment both = arena.allocate(2 * POLLFD_BYTES, 4);
            waitFor(both, 0, socket.fd());
            waitFor(both, POLLFD_BYTES, stop.number());
            try {
                Native.checkedLibc("poll", (ignored, state) -> (int) POLL.invokeExact(state, both, 2L, FOREVER));
            } catch (BpfException e) {
                if (e.errno() != Errno.EINTR) { // a signal of the JVM's
                    throw e;
                }
            }
            if (both.get(JAVA_SHORT, POLLFD_BYTES + POLLFD_RETURNED) != 0) {
                return false;
            }
            drain(arena);
            return true;
        }
    }

    /** Ends the waiting for good; for any thread. */
    public void stop() {
        Native.call(
                (arena, state) -> (long) WRITE.invokeExact(state, stop.number(), arena.allocateFrom(JAVA_LONG, 1), 8L));
    }

    /** For when nobody waits any more. */
    @Override
    public void close() {
        socket.close();
        stop.close();
    }

    /** Messages that were lost, which the kernel tells by ENOBUFS, are changes as those that are read. */
    private void drain(Arena arena) throws BpfException {
        MemorySegment buffer = arena.allocate(DATAGRAM_BYTES, 4);
        boolean more = true;
        while (more) {
            try {
                socket.receive(buffer, RouteSocket.DONT_WAIT);
            } catch (BpfException e) {
                more = e.errno() == Errno.ENOBUFS || e.errno() == Errno.EINTR;
                if (!more && e.errno() != Errno.EAGAIN) {
                    throw e;
                }
            }
        }
    }

    private static void waitFor(MemorySegment descriptors, long at, int fd) {
        descriptors.set(JAVA_INT, at, fd);
        descriptors.set(JAVA_SHORT, at + POLLFD_EVENTS, POLLIN);
    }
}
