package io.aegisflux.segmentation.agent.libbpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.util.Objects.requireNonNull;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * A map in the kernel. Keys and values are segments in the kernel's layout and byte order; the value of a per-CPU map is
 * one after the other of all possible CPUs, each rounded up to 8 bytes ({@link #valueBytes()} counts them all).
 */
public final class BpfMap implements AutoCloseable {
    private static final int INFO_BYTES = 24; // of struct bpf_map_info: type, id, key, value, entries, flags
    private static final int PERCPU_HASH = 5;
    private static final int PERCPU_ARRAY = 6;
    private static final int LRU_PERCPU_HASH = 10;
    private static final long ANY = 0;

    private static final MethodHandle LOOKUP =
            Native.libbpf("bpf_map_lookup_elem", Native.returningInt(JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle UPDATE =
            Native.libbpf("bpf_map_update_elem", Native.returningInt(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG));
    private static final MethodHandle DELETE =
            Native.libbpf("bpf_map_delete_elem", Native.returningInt(JAVA_INT, ADDRESS));
    private static final MethodHandle NEXT_KEY =
            Native.libbpf("bpf_map_get_next_key", Native.returningInt(JAVA_INT, ADDRESS, ADDRESS));

    private static final MethodHandle LOOKUP_BATCH = Native.libbpf(
            "bpf_map_lookup_batch",
            Native.returningInt(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    private static final int BATCH = 4096; // more than any bucket of a hash holds, else the kernel says ENOSPC

    private final Fd fd;
    private final String name;
    private final int keyBytes;
    private final int elementBytes;
    private final int valueBytes;
    private final int maxEntries;

    private BpfMap(Fd fd, String name, MemorySegment info) {
        this.fd = requireNonNull(fd, "fd is null");
        this.name = requireNonNull(name, "name is null");
        int type = info.getAtIndex(JAVA_INT, 0);
        keyBytes = info.getAtIndex(JAVA_INT, 2);
        elementBytes = info.getAtIndex(JAVA_INT, 3);
        maxEntries = info.getAtIndex(JAVA_INT, 4);
        boolean perCpu = type == PERCPU_HASH || type == PERCPU_ARRAY || type == LRU_PERCPU_HASH;
        valueBytes = perCpu ? (elementBytes + 7 & ~7) * Cpus.possible() : elementBytes;
    }

    /** The map that is pinned at this path, called by the path's last name. */
    public static BpfMap ofPin(Path path) throws BpfException {
        Fd fd = Fd.ofPin(path);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(INFO_BYTES, 8);
            fd.info("map " + path.getFileName(), info);
            return new BpfMap(fd, path.getFileName().toString(), info);
        } catch (BpfException | RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    public int keyBytes() {
        return keyBytes;
    }

    /** Bytes of a value, of all possible CPUs together where each has its own. */
    public int valueBytes() {
        return valueBytes;
    }

    public int maxEntries() {
        return maxEntries;
    }

    /** Reads a value; false when there is none under the key. */
    public boolean lookup(MemorySegment key, MemorySegment value) throws BpfException {
        requireSizes(key, value);
        return isThere(
                "bpf_map_lookup_elem", (arena, state) -> (int) LOOKUP.invokeExact(state, fd.number(), key, value));
    }

    /** Writes a value, whether there was one or not. */
    public void update(MemorySegment key, MemorySegment value) throws BpfException {
        requireSizes(key, value);
        Native.checked("bpf_map_update_elem in " + name, (arena, state) ->
                (int) UPDATE.invokeExact(state, fd.number(), key, value, ANY));
    }

    /** Removes a value; false when there was none. */
    public boolean delete(MemorySegment key) throws BpfException {
        return isThere("bpf_map_delete_elem", (arena, state) -> (int) DELETE.invokeExact(state, fd.number(), key));
    }

    /**
     * The key after this one, in no particular order.
     *
     * @param key {@link MemorySegment#NULL} for the first
     * @return false after the last
     */
    public boolean nextKey(MemorySegment key, MemorySegment next) throws BpfException {
        return isThere(
                "bpf_map_get_next_key", (arena, state) -> (int) NEXT_KEY.invokeExact(state, fd.number(), key, next));
    }

    /** Is given an entry; the segments hold another one's bytes after it returns. */
    @FunctionalInterface
    public interface Entries {
        void entry(MemorySegment key, MemorySegment value);
    }

    /**
     * Reads every entry of a hash, thousands a system call. What changes meanwhile may be seen or not.
     *
     * @throws BpfException below Linux 5.6, with EINVAL
     */
    public void forEach(Entries entries) throws BpfException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment keys = arena.allocate((long) BATCH * keyBytes, 8);
            MemorySegment values = arena.allocate((long) BATCH * valueBytes, 8);
            MemorySegment count = arena.allocate(JAVA_INT);
            MemorySegment token = arena.allocate(Integer.max(keyBytes, 8), 8);
            MemorySegment from = MemorySegment.NULL;
            boolean more = true;
            while (more) {
                MemorySegment begin = from;
                count.set(JAVA_INT, 0, BATCH);
                more = isThere("bpf_map_lookup_batch", (ignored, state) -> (int) LOOKUP_BATCH.invokeExact(
                        state, fd.number(), begin, token, keys, values, count, MemorySegment.NULL));
                for (int i = 0; i < count.get(JAVA_INT, 0); i++) {
                    entries.entry(
                            keys.asSlice((long) i * keyBytes, keyBytes),
                            values.asSlice((long) i * valueBytes, valueBytes));
                }
                from = token;
            }
        }
    }

    /**
     * Maps the values of an array that was made mmapable into this process, each rounded up to 8 bytes; readable and
     * writable until the arena closes.
     */
    public MemorySegment map(Arena arena) throws BpfException {
        return Mapping.of(name, fd.number(), (long) (elementBytes + 7 & ~7) * maxEntries, arena);
    }

    int fd() {
        return fd.number();
    }

    @Override
    public void close() {
        fd.close();
    }

    private boolean isThere(String what, Native.Call<Integer> call) throws BpfException {
        int result = Native.call(call);
        if (result < 0 && -result != Errno.ENOENT) {
            throw new BpfException(what + " in " + name, -result);
        }
        return result >= 0;
    }

    private void requireSizes(MemorySegment key, MemorySegment value) {
        if (key.byteSize() < keyBytes || value.byteSize() < valueBytes) {
            throw new IllegalArgumentException("map %s has keys of %d and values of %d bytes, not %d and %d"
                    .formatted(name, keyBytes, valueBytes, key.byteSize(), value.byteSize()));
        }
    }
}
