package io.aegisflux.segmentation.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.aegisflux.segmentation.agent.libbpf.BpfException;
import io.aegisflux.segmentation.agent.libbpf.BpfMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** Replaces all that a hash or trie holds, key by key: first what is wanted is written, then the rest is removed. */
final class MapContent {
    private MapContent() {}

    /** A key as what maps can be compared by: its bytes. */
    static ByteBuffer key(MemorySegment key) {
        return ByteBuffer.wrap(key.toArray(JAVA_BYTE));
    }

    /**
     * Replaces the content.
     *
     * @param wanted by key, as {@link #key} makes it
     * @param fill writes a value into the segment, which may hold another one's bytes
     */
    static <V> void replace(BpfMap map, Map<ByteBuffer, V> wanted, BiConsumer<MemorySegment, V> fill)
            throws BpfException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(map.keyBytes(), 8);
            MemorySegment value = arena.allocate(map.valueBytes(), 8);
            for (Map.Entry<ByteBuffer, V> entry : wanted.entrySet()) {
                key.copyFrom(MemorySegment.ofBuffer(entry.getKey()));
                fill.accept(value, entry.getValue());
                map.update(key, value);
            }
            Set<ByteBuffer> gone = keys(map, arena);
            gone.removeAll(wanted.keySet());
            for (ByteBuffer each : gone) {
                key.copyFrom(MemorySegment.ofBuffer(each));
                map.delete(key);
            }
        }
    }

    private static Set<ByteBuffer> keys(BpfMap map, Arena arena) throws BpfException {
        Set<ByteBuffer> keys = new HashSet<>();
        MemorySegment at = arena.allocate(map.keyBytes(), 8);
        MemorySegment next = arena.allocate(map.keyBytes(), 8);
        boolean there = map.nextKey(MemorySegment.NULL, next);
        while (there) {
            keys.add(key(next));
            at.copyFrom(next);
            there = map.nextKey(at, next);
        }
        return keys;
    }
}
