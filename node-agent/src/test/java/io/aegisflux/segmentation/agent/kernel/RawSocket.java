package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Sends frames as they are, of which only the Ethernet header lies in the kernel's linear buffer: a packet socket whose
 * frames begin with a {@code struct virtio_net_hdr} that says so (packet(7), PACKET_VNET_HDR). The kernel heeds that of
 * frames larger than a page.
 */
final class RawSocket implements AutoCloseable {
    static final int BEYOND_A_PAGE = 4_200;

    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_VNET_HDR = 15;
    private static final int VNET_HEADER = 10;
    private static final int VNET_HEADER_LENGTH = 2; // offset of hdr_len, what is to be linear
    private static final int ETHERNET = 14;
    private static final int ADDRESS_BYTES = 20; // of struct sockaddr_ll
    private static final int ADDRESS_IFINDEX = 4;

    private static final MethodHandle SOCKET =
            Libc.function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle SETSOCKOPT = Libc.function(
            "setsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SENDTO = Libc.function(
            "sendto", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle CLOSE = Libc.function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment address = arena.allocate(ADDRESS_BYTES, 8);
    private final MemorySegment buffer = arena.allocate(VNET_HEADER + BEYOND_A_PAGE, 8);
    private final int fd;

    /** @param ifindex of an interface in the network namespace of this thread, which alone may use this */
    RawSocket(int ifindex) {
        fd = (int) Libc.require("the packet socket", () -> (int) SOCKET.invokeExact(AF_PACKET, SOCK_RAW, 0));
        MemorySegment on = arena.allocateFrom(JAVA_INT, 1);
        Libc.require("PACKET_VNET_HDR", () -> (int) SETSOCKOPT.invokeExact(fd, SOL_PACKET, PACKET_VNET_HDR, on, 4));
        address.set(JAVA_SHORT, 0, (short) AF_PACKET);
        address.set(JAVA_INT, ADDRESS_IFINDEX, ifindex);
        buffer.set(JAVA_SHORT, VNET_HEADER_LENGTH, (short) ETHERNET);
    }

    /** Sends a frame, with zeros behind it up to {@link #BEYOND_A_PAGE}. */
    void send(byte[] frame) {
        MemorySegment at = buffer.asSlice(VNET_HEADER);
        at.fill((byte) 0).copyFrom(MemorySegment.ofArray(frame));
        Libc.require(
                "a frame", () -> (long) SENDTO.invokeExact(fd, buffer, buffer.byteSize(), 0, address, ADDRESS_BYTES));
    }

    @Override
    public void close() {
        Libc.require("the end of the packet socket", () -> (int) CLOSE.invokeExact(fd));
        arena.close();
    }
}
