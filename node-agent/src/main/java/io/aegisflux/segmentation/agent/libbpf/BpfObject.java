package io.aegisflux.segmentation.agent.libbpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.util.Objects.requireNonNull;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A compiled object on its way into the kernel: opened, told which maps it shares, loaded, its maps and programs pinned,
 * closed. What was pinned stays.
 */
public final class BpfObject implements AutoCloseable {
    private static final MethodHandle OPEN =
            Native.libbpf("bpf_object__open_mem", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
    private static final MethodHandle LOAD = Native.libbpf("bpf_object__load", Native.returningInt(ADDRESS));
    private static final MethodHandle CLOSE = Native.libbpf("bpf_object__close", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle FIND_MAP = find("bpf_object__find_map_by_name");
    private static final MethodHandle FIND_PROGRAM = find("bpf_object__find_program_by_name");
    private static final MethodHandle NEXT_MAP =
            Native.libbpf("bpf_object__next_map", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle MAP_NAME =
            Native.libbpf("bpf_map__name", FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle INITIAL_VALUE =
            Native.libbpf("bpf_map__initial_value", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle SET_VALUE_SIZE =
            Native.libbpf("bpf_map__set_value_size", Native.returningInt(ADDRESS, JAVA_INT));
    private static final MethodHandle REUSE =
            Native.libbpf("bpf_map__reuse_fd", Native.returningInt(ADDRESS, JAVA_INT));
    private static final MethodHandle MAP_PIN = Native.libbpf("bpf_map__pin", Native.returningInt(ADDRESS, ADDRESS));
    private static final MethodHandle PROGRAM_PIN =
            Native.libbpf("bpf_program__pin", Native.returningInt(ADDRESS, ADDRESS));

    private final MemorySegment object;
    private boolean isOpen = true;

    private BpfObject(MemorySegment object) {
        this.object = requireNonNull(object, "object is null");
    }

    /**
     * Reads an ELF object for the BPF target.
     *
     * @param name of the object, for the kernel's lists
     * @throws BpfException when libbpf does not take it, with its words
     */
    public static BpfObject open(byte[] elf, String name) throws BpfException {
        MemorySegment[] opened = new MemorySegment[1];
        LibbpfLog.checked(
                "bpf_object__open_mem",
                () -> Native.call((arena, state) -> {
                    MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, elf); // libbpf copies what it keeps
                    MemorySegment options = arena.allocate(16, 8); // struct bpf_object_open_opts: sz, object_name
                    options.set(JAVA_LONG, 0, options.byteSize());
                    options.set(ADDRESS, 8, arena.allocateFrom(name));
                    opened[0] = (MemorySegment) OPEN.invokeExact(state, bytes, (long) elf.length, options);
                    return opened[0].address() == 0 ? -Native.errno(state) : 0;
                }));
        return new BpfObject(opened[0]);
    }

    /** The names of its maps, of those that hold global data too. */
    public List<String> maps() {
        List<String> names = new ArrayList<>();
        MemorySegment map = next(MemorySegment.NULL);
        while (map.address() != 0) {
            MemorySegment at = map;
            names.add(Native.call((arena, state) -> ((MemorySegment) MAP_NAME.invokeExact(state, at))
                    .reinterpret(Long.MAX_VALUE)
                    .getString(0)));
            map = next(map);
        }
        return names;
    }

    /**
     * The memory from which a map of global data is filled when the object is loaded; until then it may be written.
     *
     * @throws BpfException when there is no such map
     */
    public MemorySegment initialValue(String map) throws BpfException {
        MemorySegment found = map(map);
        MemorySegment value = Native.call((arena, state) -> {
            MemorySegment size = arena.allocate(JAVA_LONG);
            MemorySegment at = (MemorySegment) INITIAL_VALUE.invokeExact(state, found, size);
            return at.reinterpret(at.address() == 0 ? 0 : size.get(JAVA_LONG, 0));
        });
        if (value.address() == 0) {
            throw new BpfException("bpf_map__initial_value of " + map, Errno.ENOENT);
        }
        return value;
    }

    /** Gives the values of a map that is not loaded yet another size. */
    public void resize(String map, int valueBytes) throws BpfException {
        MemorySegment found = map(map);
        LibbpfLog.checked(
                "bpf_map__set_value_size of " + map,
                () -> Native.call((arena, state) -> (int) SET_VALUE_SIZE.invokeExact(state, found, valueBytes)));
    }

    /**
     * Lets the object use a map that is in the kernel already instead of making its own.
     *
     * @throws BpfException when the two differ in shape
     */
    public void reuse(String map, BpfMap existing) throws BpfException {
        MemorySegment found = map(map);
        LibbpfLog.checked(
                "bpf_map__reuse_fd of " + map,
                () -> Native.call((arena, state) -> (int) REUSE.invokeExact(state, found, existing.fd())));
    }

    /**
     * Loads maps and programs.
     *
     * @throws BpfException when the kernel refuses, with the verifier's log
     */
    public void load() throws BpfException {
        LibbpfLog.checked(
                "bpf_object__load", () -> Native.call((arena, state) -> (int) LOAD.invokeExact(state, object)));
    }

    /** Pins a loaded map; nothing may be at the path yet. */
    public void pinMap(String map, Path path) throws BpfException {
        pin(MAP_PIN, "bpf_map__pin", map(map), path);
    }

    /** Pins a loaded program; nothing may be at the path yet. */
    public void pinProgram(String program, Path path) throws BpfException {
        pin(PROGRAM_PIN, "bpf_program__pin", named(FIND_PROGRAM, "program", program), path);
    }

    @Override
    public void close() {
        if (isOpen) {
            isOpen = false;
            Native.call((arena, state) -> {
                CLOSE.invokeExact(state, object);
                return null;
            });
        }
    }

    private static void pin(MethodHandle how, String what, MemorySegment thing, Path path) throws BpfException {
        LibbpfLog.checked(
                what + " " + path,
                () -> Native.call(
                        (arena, state) -> (int) how.invokeExact(state, thing, arena.allocateFrom(path.toString()))));
    }

    private MemorySegment next(MemorySegment map) {
        return Native.call((arena, state) -> (MemorySegment) NEXT_MAP.invokeExact(state, object, map));
    }

    private MemorySegment map(String name) throws BpfException {
        return named(FIND_MAP, "map", name);
    }

    private MemorySegment named(MethodHandle how, String kind, String name) throws BpfException {
        MemorySegment found =
                Native.call((arena, state) -> (MemorySegment) how.invokeExact(state, object, arena.allocateFrom(name)));
        if (found.address() == 0) {
            throw new BpfException("the object has no %s %s".formatted(kind, name), Errno.ENOENT);
        }
        return found;
    }

    private static MethodHandle find(String function) {
        return Native.libbpf(function, FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    }
}
