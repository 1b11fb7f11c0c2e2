package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** Sees every frame of all interfaces of this thread's network namespace as it is on the wire: a packet socket (packet(7)). */
final class FrameTap implements AutoCloseable {
    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final int ETH_P_ALL = 0x0003;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int LONGEST = 2_048;

    private static final MethodHandle SOCKET =
            Libc.function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle RECV =
            Libc.function("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle CLOSE = Libc.function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(LONGEST);
    private final int fd;

    /** Begins to collect. */
    FrameTap() {
        int protocol = Short.reverseBytes((short) ETH_P_ALL);
        fd = (int) Libc.require("the packet socket", () -> (int) SOCKET.invokeExact(AF_PACKET, SOCK_RAW, protocol));
    }

    /** The next frame; empty when there is none now. */
    Optional<byte[]> next() {
        long length = Libc.call(() -> (long) RECV.invokeExact(fd, buffer, buffer.byteSize(), MSG_DONTWAIT));
        return length < 0
                ? Optional.empty()
                : Optional.of(buffer.asSlice(0, length).toArray(JAVA_BYTE));
    }

    @Override
    public void close() {
        Libc.require("the end of the packet socket", () -> (int) CLOSE.invokeExact(fd));
        arena.close();
    }
}
