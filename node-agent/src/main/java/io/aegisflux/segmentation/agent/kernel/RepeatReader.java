package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads how often decisions about packets were repeated. The programs only ever count up, so what is new is the difference
 * to what was seen before; an entry that stands still is removed, and the next decision of its kind goes through the ring
 * again. All are counted in {@code totals} as well: what was neither handed over nor read, because an entry was evicted, is
 * lost, and known to be. For the reader's thread, but for {@link #lost}.
 */
final class RepeatReader {
    private static final long EVENTS = Structs.offset(Structs.TOTALS, "events");
    private static final long TOLD = Structs.offset(Structs.TELLING, "told");
    private static final long INTERVAL = Structs.offset(Structs.TELLING, "interval");
    private static final long SECOND_NANOS = 1_000_000_000;
    private static final long FIRST = Structs.offset(Structs.REPEATS, "first");
    private static final long LAST = Structs.offset(Structs.REPEATS, "last");
    private static final long PACKETS = Structs.offset(Structs.REPEATS, "packets");
    private static final long BYTES = Structs.offset(Structs.REPEATS, "bytes");

    private final BpfMap repeats;
    private final BpfMap totals;
    private final MemorySegment telling;
    private final Map<ByteBuffer, Seen> seen = new HashMap<>();
    private long looks;
    private volatile long lost;

    /** What an entry showed. */
    private static final class Seen {
        private final long first;
        private long packets;
        private long bytes;
        private long last;
        private long look;

        Seen(long first, long packets, long bytes, long last) {
            this.first = first;
            this.packets = packets;
            this.bytes = bytes;
            this.last = last;
        }
    }

    /** Is told of decisions that were repeated. */
    @FunctionalInterface
    interface Teller {
        /**
         * @param key a {@code struct event_key}, another's after this returns
         * @param first monotonic nanoseconds, like last; none of them was before
         */
        void tell(MemorySegment key, long first, long last, long count, long bytes);
    }

    /**
     * @param repeats {@code repeats} of bpf/events.h; stays the caller's, like the others
     * @param totals {@code totals}
     * @param telling the value of {@code telling}, mapped
     */
    RepeatReader(BpfMap repeats, BpfMap totals, MemorySegment telling) {
        this.repeats = requireNonNull(repeats, "repeats is null");
        this.totals = requireNonNull(totals, "totals is null");
        this.telling = requireNonNull(telling, "telling is null");
    }

    /**
     * Lets each rule make so many events a second that are the first of their kind.
     *
     * @param rate 0 for no limit
     */
    void limit(int rate) {
        telling.set(JAVA_LONG, INTERVAL, rate == 0 ? 0 : SECOND_NANOS / rate);
    }

    /** Whether a decision that came through the ring was not read among the repeats already. */
    boolean isNews(MemorySegment key, long first, long bytes) {
        Seen before = seen.get(copy(key));
        if (before != null && before.first == first) {
            return false;
        }
        Seen now = new Seen(first, 1, bytes, first);
        now.look = looks;
        seen.put(copy(key), now);
        tell(1);
        return true;
    }

    /**
     * Begins with what is there: an agent before this one has told of it, as far as nobody knows better. What was repeated
     * since it stopped counts as lost.
     *
     * @param since monotonic nanoseconds; what the ring held then was read
     */
    void begin(long since) throws BpfException {
        repeats.forEach((key, value) -> {
            long first = value.get(JAVA_LONG, FIRST);
            ByteBuffer copy = copy(key);
            Seen before = seen.get(copy);
            if (first < since && (before == null || before.first != first)) {
                seen.put(
                        copy,
                        new Seen(
                                first,
                                value.get(JAVA_LONG, PACKETS),
                                value.get(JAVA_LONG, BYTES),
                                value.get(JAVA_LONG, LAST)));
            }
        });
    }

    /** Tells of what was repeated since the last look. */
    void look(Teller teller) throws BpfException {
        looks++;
        long counted = events(); // before the entries are read: what comes meanwhile may be missing there
        List<ByteBuffer> idle = new ArrayList<>();
        repeats.forEach((key, value) -> {
            ByteBuffer copy = copy(key);
            if (!tellOfNew(copy, key, value, teller)) {
                idle.add(copy);
            }
        });
        lost = Math.max(lost, counted - told());
        forget(idle);
        seen.values().removeIf(entry -> entry.look < looks - 1);
    }

    /** How many are known to be neither handed over nor to be read any more, since the programs were first loaded. */
    long lost() {
        return lost;
    }

    /** False when there is nothing new. */
    private boolean tellOfNew(ByteBuffer copy, MemorySegment key, MemorySegment value, Teller teller) {
        long first = value.get(JAVA_LONG, FIRST);
        Seen entry = seen.get(copy);
        if (entry == null || entry.first != first) {
            entry = new Seen(first, 0, 0, first);
            seen.put(copy, entry);
        }
        entry.look = looks;
        long packets = value.get(JAVA_LONG, PACKETS);
        long bytes = value.get(JAVA_LONG, BYTES);
        long more = packets - entry.packets;
        if (more <= 0) {
            return false;
        }
        long last = value.get(JAVA_LONG, LAST);
        tell(more);
        teller.tell(key, entry.last, last, more, Math.max(0, bytes - entry.bytes));
        entry.packets = packets;
        entry.bytes = bytes;
        entry.last = last;
        return true;
    }

    /** Removes entries that stand still. One that is counted up in between would be lost, so it is looked at again. */
    private void forget(List<ByteBuffer> idle) throws BpfException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(Structs.EVENT_KEY);
            MemorySegment value = arena.allocate(Structs.REPEATS);
            for (ByteBuffer copy : idle) {
                key.copyFrom(MemorySegment.ofBuffer(copy));
                if (repeats.lookup(key, value) && value.get(JAVA_LONG, PACKETS) == seen.get(copy).packets) {
                    repeats.delete(key);
                    seen.remove(copy);
                }
            }
        }
    }

    private long events() throws BpfException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sums = arena.allocate(totals.valueBytes(), 8);
            totals.lookup(DatapathMaps.key(arena, 0), sums);
            return CounterReader.sum(sums, EVENTS);
        }
    }

    private long told() {
        return telling.get(JAVA_LONG, TOLD);
    }

    private void tell(long more) {
        telling.set(JAVA_LONG, TOLD, told() + more);
    }

    private static ByteBuffer copy(MemorySegment key) {
        return ByteBuffer.wrap(key.toArray(JAVA_BYTE));
    }
}
