package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.DecisionRecord;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfMap;
import io.aegisflux.segmentation.agent.libbpf.RingBuffer;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * Reads the programs' decisions on a thread of its own: what comes through the ring at once, what is repeated twice a
 * second.
 */
final class EventReader implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(EventReader.class.getName());
    private static final Duration PATIENCE = Duration.ofMillis(200);
    private static final long LOOK_NANOS = Duration.ofMillis(500).toNanos();

    private static final long TIME = Structs.offset(Structs.EVENT, "time");
    private static final long KEY = Structs.offset(Structs.EVENT, "key");
    private static final long LENGTH = Structs.offset(Structs.EVENT, "length");
    private static final long PID = Structs.offset(Structs.EVENT, "pid");
    private static final long COMM = Structs.offset(Structs.EVENT, "comm");
    private static final int COMM_BYTES = 16;

    private final BpfMap ring;
    private final RepeatReader repeats;
    private final DecisionNames names;
    private final Consumer<DecisionRecord> receiver;
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean stopped;

    /**
     * @param ring {@code events}; stays the caller's and open until this is closed, like what the other reads
     * @param receiver sees each decision, on the reader's thread
     */
    EventReader(BpfMap ring, RepeatReader repeats, DecisionNames names, Consumer<DecisionRecord> receiver) {
        this.ring = requireNonNull(ring, "ring is null");
        this.repeats = requireNonNull(repeats, "repeats is null");
        this.names = requireNonNull(names, "names is null");
        this.receiver = requireNonNull(receiver, "receiver is null");
    }

    EventReader start() {
        Thread.ofPlatform().name("kernel-events").daemon().start(this::run);
        return this;
    }

    /** How many decisions about packets are known to be lost, since the programs were first loaded. Waits for the first look. */
    long lost() {
        await(begun);
        return repeats.lost();
    }

    /** Waits until the reader has let go of the map. */
    @Override
    public void close() {
        stopped = true;
        await(ended);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (RingBuffer reading = RingBuffer.open(ring, this::take)) {
            long since = MonotonicClock.nanos();
            reading.poll(Duration.ZERO);
            repeats.begin(since);
            repeats.look(this::receive);
            begun.countDown();
            long looked = System.nanoTime();
            while (!stopped) {
                reading.poll(PATIENCE);
                if (System.nanoTime() - looked >= LOOK_NANOS) {
                    repeats.look(this::receive);
                    looked = System.nanoTime();
                }
            }
            repeats.look(this::receive);
        } catch (BpfException e) {
            LOG.log(System.Logger.Level.ERROR, "no decisions will be heard of: {0}", e.getMessage());
        } finally {
            begun.countDown();
            ended.countDown();
        }
    }

    private void take(MemorySegment event) {
        MemorySegment key = event.asSlice(KEY, Structs.EVENT_KEY.byteSize());
        long time = event.get(JAVA_LONG, TIME);
        if (DecisionNames.isOfProcess(key)) {
            receive(names.ofProcess(key, time, event.get(JAVA_INT, PID), command(event)));
        } else {
            repeats.first(key, time, event.get(JAVA_INT, LENGTH)).ifPresent(this::receive);
        }
    }

    private void receive(DecisionRecord decision) {
        try {
            receiver.accept(decision);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a decision is passed over", e);
        }
    }

    /** Null where no process was at hand. */
    private static String command(MemorySegment event) {
        byte[] bytes = event.asSlice(COMM, COMM_BYTES).toArray(JAVA_BYTE);
        int length = 0;
        while (length < COMM_BYTES && bytes[length] != 0) {
            length++;
        }
        return length == 0 ? null : new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
