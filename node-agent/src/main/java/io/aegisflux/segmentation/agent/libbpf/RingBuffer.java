package io.aegisflux.segmentation.agent.libbpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.util.Objects.requireNonNull;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.function.Consumer;

/** The reading end of a ring buffer map. For one thread, which {@link #poll} may keep waiting. */
public final class RingBuffer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RingBuffer.class.getName());

    private static final MethodHandle NEW =
            Native.libbpf("ring_buffer__new", FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle POLL = Native.libbpf("ring_buffer__poll", Native.returningInt(ADDRESS, JAVA_INT));
    private static final MethodHandle FREE = Native.libbpf("ring_buffer__free", FunctionDescriptor.ofVoid(ADDRESS));

    private final Arena arena = Arena.ofConfined();
    private final Consumer<MemorySegment> receiver;
    private final MemorySegment ring;

    private RingBuffer(BpfMap map, Consumer<MemorySegment> receiver) throws BpfException {
        this.receiver = requireNonNull(receiver, "receiver is null");
        int[] errno = new int[1];
        MemorySegment callback = callback();
        ring = Native.call((ignored, state) -> {
            MemorySegment made =
                    (MemorySegment) NEW.invokeExact(state, map.fd(), callback, MemorySegment.NULL, MemorySegment.NULL);
            errno[0] = Native.errno(state);
            return made;
        });
        if (ring.address() == 0) {
            arena.close();
            throw new BpfException("ring_buffer__new", errno[0]);
        }
    }

    /**
     * Opens the reading end.
     *
     * @param map stays the caller's
     * @param receiver sees each record, which is gone when it returns
     */
    public static RingBuffer open(BpfMap map, Consumer<MemorySegment> receiver) throws BpfException {
        return new RingBuffer(map, receiver);
    }

    /** Waits for records up to this long and hands over all that are there; returns their number. */
    public int poll(Duration patience) throws BpfException {
        int result = Native.call((ignored, state) -> (int) POLL.invokeExact(state, ring, (int) patience.toMillis()));
        if (result == -4) { // EINTR: a signal of the JVM's
            return 0;
        }
        if (result < 0) {
            throw new BpfException("ring_buffer__poll", -result);
        }
        return result;
    }

    @Override
    public void close() {
        Native.call((ignored, state) -> {
            FREE.invokeExact(state, ring);
            return null;
        });
        arena.close();
    }

    private MemorySegment callback() {
        try {
            MethodHandle target = MethodHandles.lookup()
                    .findVirtual(
                            RingBuffer.class,
                            "receive",
                            MethodType.methodType(int.class, MemorySegment.class, MemorySegment.class, long.class))
                    .bindTo(this);
            return Native.upcall(target, Native.returningInt(ADDRESS, ADDRESS, JAVA_LONG), arena);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Called by libbpf: {@code int (*)(void *context, void *data, size_t size)}. Must not throw: the JVM would end. */
    @SuppressWarnings("unused")
    private int receive(MemorySegment context, MemorySegment data, long size) {
        try {
            receiver.accept(data.reinterpret(size));
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.ERROR, "a record of the ring buffer is passed over", e);
        }
        return 0;
    }
}
