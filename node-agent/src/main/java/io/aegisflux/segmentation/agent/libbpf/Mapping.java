package io.aegisflux.segmentation.agent.libbpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Memory of the kernel that this process sees. */
final class Mapping {
    private static final int READ_WRITE = 1 | 2;
    private static final int SHARED = 1;
    private static final long FAILED = -1;

    private static final MethodHandle MMAP = Native.libc(
            "mmap", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MUNMAP = Native.libc("munmap", Native.returningInt(ADDRESS, JAVA_LONG));

    private Mapping() {}

    static MemorySegment of(String what, int fd, long bytes, Arena arena) throws BpfException {
        int[] errno = new int[1];
        MemorySegment address = Native.call((ignored, state) -> {
            MemorySegment at =
                    (MemorySegment) MMAP.invokeExact(state, MemorySegment.NULL, bytes, READ_WRITE, SHARED, fd, 0L);
            errno[0] = Native.errno(state);
            return at;
        });
        if (address.address() == FAILED) {
            throw new BpfException("mmap of " + what, errno[0]);
        }
        return address.reinterpret(bytes, arena, Mapping::unmap);
    }

    private static void unmap(MemorySegment mapped) {
        Native.call((arena, state) -> (int) MUNMAP.invokeExact(state, mapped, mapped.byteSize()));
    }
}
