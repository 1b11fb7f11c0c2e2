package io.aegisflux.segmentation.agent.libbpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.util.Objects.requireNonNull;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/**
 * Runs a program on bytes that never were on a wire (BPF_PROG_TEST_RUN). Its buffers are made once; for one thread.
 *
 * <p>A packet has at least the 14 bytes of an Ethernet header. The context of a tc program is a {@code struct __sk_buff},
 * in which only what {@link #skb} sets may be other than 0.
 */
public final class TestRun implements AutoCloseable {
    private static final int PACKET_BYTES = 4096;
    private static final int SKB_BYTES = 192;
    private static final int SKB_IFINDEX = 40;
    private static final int SKB_CB = 48;
    private static final int CB_WORDS = 5;

    private static final StructLayout OPTIONS = MemoryLayout.structLayout(
            JAVA_LONG.withName("sz"),
            ADDRESS.withName("data_in"),
            ADDRESS.withName("data_out"),
            JAVA_INT.withName("data_size_in"),
            JAVA_INT.withName("data_size_out"),
            ADDRESS.withName("ctx_in"),
            ADDRESS.withName("ctx_out"),
            JAVA_INT.withName("ctx_size_in"),
            JAVA_INT.withName("ctx_size_out"),
            JAVA_INT.withName("retval"),
            JAVA_INT.withName("repeat"),
            JAVA_INT.withName("duration"),
            JAVA_INT.withName("flags"),
            JAVA_INT.withName("cpu"),
            JAVA_INT.withName("batch_size"));
    private static final int LIVE_FRAMES = 1 << 1; // BPF_F_TEST_XDP_LIVE_FRAMES
    private static final int XDP_MD_BYTES = 24;
    private static final int XDP_MD_DATA_END = 4;
    private static final int XDP_MD_IFINDEX = 12;
    private static final long DATA_SIZE_IN = offset("data_size_in");
    private static final long DATA_SIZE_OUT = offset("data_size_out");
    private static final long CTX_IN = offset("ctx_in");
    private static final long CTX_SIZE_IN = offset("ctx_size_in");
    private static final long RETVAL = offset("retval");
    private static final long REPEAT = offset("repeat");
    private static final long DURATION = offset("duration");
    private static final long FLAGS = offset("flags");

    private static final MethodHandle TEST_RUN =
            Native.libbpf("bpf_prog_test_run_opts", Native.returningInt(JAVA_INT, ADDRESS));

    private final BpfProgram program;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment packet = arena.allocate(PACKET_BYTES, 8);
    private final MemorySegment skb = arena.allocate(SKB_BYTES, 8);
    private final MemorySegment options = arena.allocate(OPTIONS);

    /**
     * @param program stays the caller's
     */
    public TestRun(BpfProgram program) {
        this.program = requireNonNull(program, "program is null");
        options.set(JAVA_LONG, 0, OPTIONS.byteSize());
        options.set(ADDRESS, offset("data_in"), packet);
    }

    /**
     * What the program finds in its {@code struct __sk_buff}.
     *
     * @param ifindex of an interface in this network namespace; 0 for its loopback
     * @param cb the first words of its control block; the others are 0
     */
    public TestRun skb(int ifindex, int... cb) {
        skb.set(JAVA_INT, SKB_IFINDEX, ifindex);
        for (int i = 0; i < CB_WORDS; i++) {
            skb.set(JAVA_INT, SKB_CB + 4 * i, i < cb.length ? cb[i] : 0);
        }
        options.set(ADDRESS, CTX_IN, skb);
        options.set(JAVA_INT, CTX_SIZE_IN, SKB_BYTES);
        return this;
    }

    /** Runs it once on a packet; returns what the program returned. */
    public int run(byte[] bytes) throws BpfException {
        return run(bytes, 1);
    }

    /** Runs it several times on a packet; returns what the program returned last. {@link #nanos()} has the mean. */
    public int run(byte[] bytes, int repeat) throws BpfException {
        MemorySegment.copy(bytes, 0, packet, JAVA_BYTE, 0, bytes.length);
        options.set(JAVA_INT, DATA_SIZE_IN, bytes.length);
        options.set(JAVA_INT, DATA_SIZE_OUT, 0); // where the last run left a size, which this packet may exceed
        options.set(JAVA_INT, REPEAT, repeat);
        Native.checked(
                "BPF_PROG_TEST_RUN", (ignored, state) -> (int) TEST_RUN.invokeExact(state, program.fd(), options));
        return options.get(JAVA_INT, RETVAL);
    }

    /**
     * Lets an XDP program see copies of a frame as if an interface of this network namespace had received them; those that
     * it passes go up the stack (Linux 5.18). {@link #nanos()} has the mean time of one, on all its way.
     */
    public void receive(int ifindex, byte[] frame, int repeat) throws BpfException {
        MemorySegment.copy(frame, 0, packet, JAVA_BYTE, 0, frame.length);
        MemorySegment context = skb.asSlice(0, XDP_MD_BYTES).fill((byte) 0);
        context.set(JAVA_INT, XDP_MD_DATA_END, frame.length);
        context.set(JAVA_INT, XDP_MD_IFINDEX, ifindex);
        options.set(ADDRESS, CTX_IN, context);
        options.set(JAVA_INT, CTX_SIZE_IN, XDP_MD_BYTES);
        options.set(JAVA_INT, DATA_SIZE_IN, frame.length);
        options.set(JAVA_INT, REPEAT, repeat);
        options.set(JAVA_INT, FLAGS, LIVE_FRAMES);
        Native.checked(
                "BPF_PROG_TEST_RUN", (ignored, state) -> (int) TEST_RUN.invokeExact(state, program.fd(), options));
        options.set(JAVA_INT, FLAGS, 0);
    }

    /** Nanoseconds that a run took on average, as the kernel measured it. */
    public int nanos() {
        return options.get(JAVA_INT, DURATION);
    }

    @Override
    public void close() {
        arena.close();
    }

    private static long offset(String member) {
        return OPTIONS.byteOffset(MemoryLayout.PathElement.groupElement(member));
    }
}
