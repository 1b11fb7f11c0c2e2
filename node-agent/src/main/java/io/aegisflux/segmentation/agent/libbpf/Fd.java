package io.aegisflux.segmentation.agent.libbpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** An open file descriptor, which whoever holds this object owns. */
final class Fd implements AutoCloseable {
    private static final int O_RDONLY_DIRECTORY = directoryFlags();
    private static final MethodHandle CLOSE = Native.libc("close", Native.returningInt(JAVA_INT));
    private static final MethodHandle OPEN =
            Native.libc("open", Native.returningInt(ADDRESS, JAVA_INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle OBJ_GET = Native.libbpf("bpf_obj_get", Native.returningInt(ADDRESS));
    private static final MethodHandle OBJ_PIN = Native.libbpf("bpf_obj_pin", Native.returningInt(JAVA_INT, ADDRESS));
    private static final MethodHandle INFO =
            Native.libbpf("bpf_obj_get_info_by_fd", Native.returningInt(JAVA_INT, ADDRESS, ADDRESS));

    private int number;

    Fd(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("no file descriptor is " + number);
        }
        this.number = number;
    }

    /** What is pinned at this path. */
    static Fd ofPin(Path path) throws BpfException {
        return new Fd(Native.checked("bpf_obj_get " + path, (arena, state) ->
                (int) OBJ_GET.invokeExact(state, arena.allocateFrom(path.toString()))));
    }

    /** A directory, for what attaches to one. */
    static Fd ofDirectory(Path path) throws BpfException {
        return new Fd(Native.checkedLibc("open " + path, (arena, state) ->
                (int) OPEN.invokeExact(state, arena.allocateFrom(path.toString()), O_RDONLY_DIRECTORY)));
    }

    /**
     * @throws IllegalStateException when it is closed
     */
    int number() {
        if (number < 0) {
            throw new IllegalStateException("used after it was closed");
        }
        return number;
    }

    /** Pins what it stands for; nothing may be at the path yet. */
    void pin(Path path) throws BpfException {
        Native.checked("bpf_obj_pin " + path, (arena, state) ->
                (int) OBJ_PIN.invokeExact(state, number(), arena.allocateFrom(path.toString())));
    }

    /** Fills the structure with what the kernel tells of a BPF object. */
    void info(String what, MemorySegment structure) throws BpfException {
        Native.checked("bpf_obj_get_info_by_fd of " + what, (arena, state) -> {
            MemorySegment size = arena.allocateFrom(JAVA_INT, (int) structure.byteSize());
            return (int) INFO.invokeExact(state, number(), structure, size);
        });
    }

    @Override
    public void close() {
        if (number >= 0) {
            int closing = number;
            number = -1;
            Native.call((arena, state) -> (int) CLOSE.invokeExact(state, closing));
        }
    }

    /** O_DIRECTORY | O_CLOEXEC; the first has a number of its own on AArch64. */
    private static int directoryFlags() {
        int directory = System.getProperty("os.arch").equals("aarch64") ? 0x4000 : 0x10000;
        return directory | 0x80000;
    }
}
