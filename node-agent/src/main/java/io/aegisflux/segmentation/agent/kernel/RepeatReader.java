package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.agent.domain.DecisionRecord;
import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

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
    private final DecisionNames names;
    private final Map<ByteBuffer, Seen> seen = new HashMap<>();
    private long looks;
    private volatile long lost;

    /** What an entry showed. Its names are of when it was seen first: later its table may be forgotten. */
    private static final class Seen {
        private final DecisionRecord decision;
        private final long first;
        private long packets;
        private long bytes;
        private long last;
        private long look;

        Seen(DecisionRecord decision, long first, long packets, long bytes, long last) {
            this.decision = decision;
            this.first = first;
            this.packets = packets;
            this.bytes = bytes;
            this.last = last;
        }
    }

    /**
     * @param repeats {@code repeats} of bpf/events.h; stays the caller's, like the others
     * @param totals {@code totals}
     * @param telling the value of {@code telling}, mapped
     */
    RepeatReader(BpfMap repeats, BpfMap totals, MemorySegment telling, DecisionNames names) {
        this.repeats = requireNonNull(repeats, "repeats is null");
        this.totals = requireNonNull(totals, "totals is null");
        this.telling = requireNonNull(telling, "telling is null");
        this.names = requireNonNull(names, "names is null");
    }

    /**
     * Lets each rule make so many events a second that are the first of their kind.
     *
     * @param rate 0 for no limit
     */
    void limit(int rate) {
        telling.set(JAVA_LONG, INTERVAL, rate == 0 ? 0 : SECOND_NANOS / rate);
    }

    /** A decision that came through the ring; empty when it was read among the repeats already. */
    Optional<DecisionRecord> first(MemorySegment key, long time, long bytes) {
        ByteBuffer copy = copy(key);
        Seen before = seen.get(copy);
        if (before != null && before.first == time) {
            return Optional.empty();
        }
        DecisionRecord decision = names.ofPacket(key, time, bytes);
        Seen entry = new Seen(decision, time, 1, bytes, time);
        entry.look = looks;
        seen.put(copy, entry);
        tell(1);
        return Optional.of(decision);
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
                                names.ofPacket(key, first, 0),
                                first,
                                value.get(JAVA_LONG, PACKETS),
                                value.get(JAVA_LONG, BYTES),
                                value.get(JAVA_LONG, LAST)));
            }
        });
    }

    /** Tells of what was repeated since the last look. */
    void look(Consumer<DecisionRecord> receiver) throws BpfException {
        looks++;
        long counted = events(); // before the entries are read: what comes meanwhile may be missing there
        Set<ByteBuffer> idle = new HashSet<>();
        repeats.forEach((key, value) -> {
            ByteBuffer copy = copy(key);
            if (!tellOfNew(copy, key, value, receiver)) {
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
    private boolean tellOfNew(
            ByteBuffer copy, MemorySegment key, MemorySegment value, Consumer<DecisionRecord> receiver) {
        long first = value.get(JAVA_LONG, FIRST);
        Seen entry = seen.get(copy);
        if (entry == null || entry.first != first) {
            entry = new Seen(names.ofPacket(key, first, 0), first, 0, 0, first);
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
        receiver.accept(entry.decision.repeated(
                MonotonicClock.wallTime(entry.last),
                MonotonicClock.wallTime(last),
                more,
                Math.max(0, bytes - entry.bytes)));
        entry.packets = packets;
        entry.bytes = bytes;
        entry.last = last;
        return true;
    }

    /** Removes entries that stand still. One that is counted up in between would be lost, so it is looked at again. */
    private void forget(Set<ByteBuffer> idle) throws BpfException {
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
