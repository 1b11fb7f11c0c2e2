package io.aegisflux.segmentation.agent.libbpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.util.Objects.requireNonNull;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** A program in the kernel. */
public final class BpfProgram implements AutoCloseable {
    private static final int INFO_BYTES = 80; // of struct bpf_prog_info: type, id, much else, the name at last
    private static final int INFO_ID = 4;
    private static final int INFO_NAME = 64;

    private static final MethodHandle FD_BY_ID = Native.libbpf("bpf_prog_get_fd_by_id", Native.returningInt(JAVA_INT));

    private final Fd fd;

    BpfProgram(Fd fd) {
        this.fd = requireNonNull(fd, "fd is null");
    }

    /** The program that is pinned at this path. */
    public static BpfProgram ofPin(Path path) throws BpfException {
        return new BpfProgram(Fd.ofPin(path));
    }

    /** The number under which the kernel lists it, as {@code bpftool prog} shows it. */
    public int id() throws BpfException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(INFO_BYTES, 8);
            fd.info("a program", info);
            return info.get(ValueLayout.JAVA_INT, INFO_ID);
        }
    }

    /**
     * The name of any program, of which the kernel keeps 15 characters; empty when it is gone, has none, or may not be
     * asked for, which is without CAP_SYS_ADMIN.
     */
    public static String name(int id) {
        try (Arena arena = Arena.ofConfined();
                Fd fd = new Fd(Native.checked(
                        "bpf_prog_get_fd_by_id", (ignored, state) -> (int) FD_BY_ID.invokeExact(state, id)))) {
            MemorySegment info = arena.allocate(INFO_BYTES, 8);
            fd.info("program " + id, info);
            return info.getString(INFO_NAME);
        } catch (BpfException e) {
            return "";
        }
    }

    int fd() {
        return fd.number();
    }

    @Override
    public void close() {
        fd.close();
    }
}
