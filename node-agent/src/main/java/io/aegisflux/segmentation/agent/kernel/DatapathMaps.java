package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.HashMap;
import java.util.Map;

/** The pinned maps of the programs, open, by their names in bpf/maps.h. */
final class DatapathMaps implements AutoCloseable {
    private static final VarHandle WORD = JAVA_LONG.varHandle();
    private static final int IN_FORCE = 0;
    private static final int CANDIDATE = 1;
    private static final int PREVIOUS = 2;
    private static final int FIRST = 3;

    private final Map<String, BpfMap> open = new HashMap<>();
    private final Arena arena = Arena.ofShared();
    private final MemorySegment descriptors;
    private final MemorySegment banks;
    private final MemorySegment telling;
    private final BankSize bankSize;

    /**
     * Opens them.
     *
     * @throws BpfException when one is not pinned, or is not shaped as ours
     */
    DatapathMaps(PinDirectory pins) throws BpfException {
        try {
            for (String name : new String[] {
                "descriptors",
                "banks",
                "identities",
                "book",
                "interfaces",
                "locals",
                "failsafe",
                "conntrack",
                "opening",
                "rule_counters",
                "totals",
                "events",
                "repeats",
                "telling",
                "trials"
            }) {
                open.put(name, BpfMap.ofPin(pins.map(name)));
            }
            descriptors = map("descriptors").map(arena);
            banks = map("banks").map(arena);
            telling = map("telling").map(arena);
            bankSize = BankSize.ofValue(map("banks").valueBytes());
        } catch (BpfException | RuntimeException e) {
            close();
            throw e;
        }
    }

    BpfMap map(String name) {
        return open.get(name);
    }

    /** What packets are judged by, unless its deadline has passed. */
    Descriptor inForce() {
        return descriptor(IN_FORCE);
    }

    /** What packets are judged by once the deadline of the one in force has passed. */
    Descriptor previous() {
        return descriptor(PREVIOUS);
    }

    /** What golden packets are judged by: that of the last generation that was tried, whether it came into force or not. */
    Descriptor candidate() {
        return descriptor(CANDIDATE);
    }

    void propose(Descriptor candidate) {
        write(CANDIDATE, candidate);
    }

    /** To be called when no packet falls back any more. */
    void fallBackTo(Descriptor previous) {
        write(PREVIOUS, previous);
    }

    /** Flows that are older than any table stand under this generation. */
    void first(Descriptor first) {
        write(FIRST, first);
    }

    /** The switch: one aligned store of 8 bytes. What was written to the bank before is seen by whoever sees it. */
    void switchTo(Descriptor next) {
        write(IN_FORCE, next);
    }

    private Descriptor descriptor(int index) {
        return Descriptor.of((long) WORD.getAcquire(descriptors, index * 8L));
    }

    private void write(int index, Descriptor descriptor) {
        WORD.setRelease(descriptors, index * 8L, descriptor.word());
    }

    /** A bank, to be written when it is not in force. */
    MemorySegment bank(int bank) {
        return banks.asSlice((long) bank * bankSize.valueBytes(), bankSize.valueBytes());
    }

    /** The value of {@code telling}, to be read and written. */
    MemorySegment telling() {
        return telling;
    }

    BankSize bankSize() {
        return bankSize;
    }

    /** An entry of an array. */
    static MemorySegment key(Arena arena, int index) {
        return arena.allocateFrom(JAVA_INT, index);
    }

    @Override
    public void close() {
        open.values().forEach(BpfMap::close);
        arena.close();
    }
}
