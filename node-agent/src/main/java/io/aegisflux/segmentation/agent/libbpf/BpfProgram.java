package io.aegisflux.segmentation.agent.libbpf;

import static java.util.Objects.requireNonNull;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/** A program in the kernel. */
public final class BpfProgram implements AutoCloseable {
    private static final int INFO_BYTES = 8; // of struct bpf_prog_info: type, id
    private static final int INFO_ID = 4;

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
            MemorySegment info = arena.allocate(INFO_BYTES);
            fd.info("a program", info);
            return info.get(ValueLayout.JAVA_INT, INFO_ID);
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
