package io.aegisflux.segmentation.agent.libbpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The interfaces of this process' network namespace. Asked by system call: /sys shows the namespace in which it was
 * mounted, and the JDK leaves out interfaces without an address.
 */
public final class NetDevices {
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final long SIOCGIFHWADDR = 0x8927;
    private static final int NAME_BYTES = 16;
    private static final int IFREQ_BYTES = 40;
    private static final int SOL_SOCKET = 1;
    private static final int SO_NETNS_COOKIE = 71;
    private static final int ARPHRD_ETHER = 1;
    private static final int ARPHRD_LOOPBACK = 772;

    private static final MethodHandle INDEX = Native.libc("if_nametoindex", Native.returningInt(ADDRESS));
    private static final MethodHandle NAMES = Native.libc("if_nameindex", FunctionDescriptor.of(ADDRESS));
    private static final MethodHandle FREE_NAMES = Native.libc("if_freenameindex", FunctionDescriptor.ofVoid(ADDRESS));
    private static final int NAMES_ENTRY_BYTES = 16; // struct if_nameindex: index, pointer to the name
    private static final int NAMES_ENTRY_NAME = 8;

    private static final MethodHandle SOCKET = Native.libc("socket", Native.returningInt(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle IOCTL =
            Native.libc("ioctl", Native.returningInt(JAVA_INT, JAVA_LONG, ADDRESS), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle GETSOCKOPT =
            Native.libc("getsockopt", Native.returningInt(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

    private NetDevices() {}

    /** What stands before the IP header of the interface's packets. */
    public enum Kind {
        ETHERNET,
        LOOPBACK,
        /** Nothing, as on tun and WireGuard. */
        L3
    }

    /** An interface that is there. */
    public record Device(String name, int index, Kind kind) {}

    /** The interface of this name; empty when there is none now. */
    public static Optional<Device> find(String name) throws BpfException {
        int index = Native.call((arena, state) -> (int) INDEX.invokeExact(state, arena.allocateFrom(name)));
        if (index == 0) {
            return Optional.empty();
        }
        try (Fd socket = socket();
                Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(IFREQ_BYTES, 8); // struct ifreq: the name, then a sockaddr
            request.setString(0, name);
            Native.checkedLibc("SIOCGIFHWADDR of " + name, (ignored, state) ->
                    (int) IOCTL.invokeExact(state, socket.number(), SIOCGIFHWADDR, request));
            return Optional.of(new Device(name, index, kind(request.get(JAVA_SHORT, NAME_BYTES))));
        } catch (BpfException e) {
            if (e.isNotFound()) {
                return Optional.empty(); // gone between the two calls
            }
            throw e;
        }
    }

    /** The names of all interfaces that are there, by their index. */
    public static Map<Integer, String> names() throws BpfException {
        int[] errno = new int[1];
        MemorySegment list = Native.call((arena, state) -> {
            MemorySegment found = (MemorySegment) NAMES.invokeExact(state);
            errno[0] = Native.errno(state);
            return found;
        });
        if (list.address() == 0) {
            throw new BpfException("if_nameindex", errno[0]);
        }
        try {
            Map<Integer, String> names = new HashMap<>();
            MemorySegment at = list.reinterpret(Long.MAX_VALUE);
            while (at.get(JAVA_INT, 0) != 0) { // an entry of index 0 is the end
                names.put(
                        at.get(JAVA_INT, 0),
                        at.get(ADDRESS, NAMES_ENTRY_NAME)
                                .reinterpret(NAME_BYTES)
                                .getString(0));
                at = at.asSlice(NAMES_ENTRY_BYTES);
            }
            return names;
        } finally {
            Native.call((arena, state) -> {
                FREE_NAMES.invokeExact(state, list);
                return null;
            });
        }
    }

    /** The kernel's name for this network namespace, as {@code bpf_get_netns_cookie} tells it (Linux 5.14). */
    public static long namespaceCookie() throws BpfException {
        try (Fd socket = socket();
                Arena arena = Arena.ofConfined()) {
            MemorySegment cookie = arena.allocate(JAVA_LONG);
            MemorySegment size = arena.allocateFrom(JAVA_INT, 8);
            Native.checkedLibc("SO_NETNS_COOKIE", (ignored, state) ->
                    (int) GETSOCKOPT.invokeExact(state, socket.number(), SOL_SOCKET, SO_NETNS_COOKIE, cookie, size));
            return cookie.get(JAVA_LONG, 0);
        }
    }

    private static Kind kind(int arphrd) {
        return switch (arphrd) {
            case ARPHRD_ETHER -> Kind.ETHERNET;
            case ARPHRD_LOOPBACK -> Kind.LOOPBACK;
            default -> Kind.L3;
        };
    }

    private static Fd socket() throws BpfException {
        return new Fd(Native.checkedLibc(
                "socket", (arena, state) -> (int) SOCKET.invokeExact(state, AF_INET, SOCK_DGRAM_CLOEXEC, 0)));
    }
}
