package io.aegisflux.segmentation.agent.libbpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.util.Objects.requireNonNull;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** A netlink socket to the part of the kernel that keeps interfaces, of the network namespace of the opening thread. */
final class RouteSocket implements AutoCloseable {
    /** Multicast groups of rtnetlink (rtnetlink(7)), to be added up. */
    static final int LINK = 0x1;

    static final int IPV4_ADDRESS = 0x10;
    static final int IPV6_ADDRESS = 0x100;

    /** Of {@link #receive}: do not wait, fail with EAGAIN. */
    static final int DONT_WAIT = 0x40;

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int NETLINK_ROUTE = 0;
    private static final int ADDRESS_BYTES = 12; // struct sockaddr_nl: family, padding, port, groups
    private static final int ADDRESS_GROUPS = 8;

    private static final MethodHandle SOCKET = Native.libc("socket", Native.returningInt(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle BIND = Native.libc("bind", Native.returningInt(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SEND =
            Native.libc("send", Native.returningLong(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle RECV =
            Native.libc("recv", Native.returningLong(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

    private final Fd fd;

    private RouteSocket(Fd fd) {
        this.fd = requireNonNull(fd, "fd is null");
    }

    /**
     * Opens one.
     *
     * @param groups whose messages it hears; 0 for questions and answers alone
     */
    static RouteSocket open(int groups) throws BpfException {
        Fd fd = new Fd(Native.checkedLibc("netlink socket", (arena, state) ->
                (int) SOCKET.invokeExact(state, AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_ROUTE)));
        try {
            Native.checkedLibc("bind of a netlink socket", (arena, state) -> {
                MemorySegment address = arena.allocate(ADDRESS_BYTES, 4);
                address.set(JAVA_SHORT, 0, (short) AF_NETLINK);
                address.set(JAVA_INT, ADDRESS_GROUPS, groups);
                return (int) BIND.invokeExact(state, fd.number(), address, ADDRESS_BYTES);
            });
            return new RouteSocket(fd);
        } catch (BpfException | RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    void send(MemorySegment message) throws BpfException {
        Native.checkedLibc("netlink send", (arena, state) ->
                (int) (long) SEND.invokeExact(state, fd.number(), message, message.byteSize(), 0));
    }

    /**
     * Receives one datagram, which may hold several messages.
     *
     * @param flags 0 or {@link #DONT_WAIT}
     * @return its bytes; what does not fit into the buffer is lost
     */
    int receive(MemorySegment buffer, int flags) throws BpfException {
        return Native.checkedLibc("netlink receive", (arena, state) ->
                (int) (long) RECV.invokeExact(state, fd.number(), buffer, buffer.byteSize(), flags));
    }

    int fd() {
        return fd.number();
    }

    @Override
    public void close() {
        fd.close();
    }
}
