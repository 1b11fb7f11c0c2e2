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
 * A program on a hook. The link holds the program there as long as it is open or pinned; programs of others on the same
 * hook are not touched.
 */
public final class BpfLink implements AutoCloseable {
    private static final int INFO_BYTES = 32; // of struct bpf_link_info: type, id, prog_id, then a union at 16
    private static final int INFO_PROGRAM = 8;
    private static final int INFO_TARGET = 16;

    private static final MethodHandle CREATE =
            Native.libbpf("bpf_link_create", Native.returningInt(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle UPDATE =
            Native.libbpf("bpf_link_update", Native.returningInt(JAVA_INT, JAVA_INT, ADDRESS));

    private static final MethodHandle DETACH = Native.libbpf("bpf_link_detach", Native.returningInt(JAVA_INT));

    private final Fd fd;

    private BpfLink(Fd fd) {
        this.fd = requireNonNull(fd, "fd is null");
    }

    /** Where a link can hold a program, with the kernel's number (enum bpf_attach_type). */
    public enum Hook {
        CONNECT4(10),
        CONNECT6(11),
        XDP(37),
        TCX_INGRESS(46),
        TCX_EGRESS(47);

        private final int number;

        Hook(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    /** How XDP runs, with the kernel's flags. */
    public enum XdpPath {
        GENERIC(1 << 1),
        NATIVE(1 << 2);

        private final int flags;

        XdpPath(int flags) {
            this.flags = flags;
        }
    }

    /**
     * Attaches to tcx of an interface, behind the programs that are there.
     *
     * @param hook TCX_INGRESS or TCX_EGRESS
     */
    public static BpfLink tcx(BpfProgram program, int ifindex, Hook hook) throws BpfException {
        return create(program.fd(), ifindex, hook, 0);
    }

    /** Attaches to XDP of an interface; fails with EBUSY when another program is there. */
    public static BpfLink xdp(BpfProgram program, int ifindex, XdpPath path) throws BpfException {
        return create(program.fd(), ifindex, Hook.XDP, path.flags);
    }

    /**
     * Attaches to a cgroup v2, for all processes below it.
     *
     * @param hook CONNECT4 or CONNECT6
     */
    public static BpfLink cgroup(BpfProgram program, Path cgroup, Hook hook) throws BpfException {
        try (Fd directory = Fd.ofDirectory(cgroup)) {
            return create(program.fd(), directory.number(), hook, 0);
        }
    }

    /** The link that is pinned at this path. */
    public static BpfLink ofPin(Path path) throws BpfException {
        return new BpfLink(Fd.ofPin(path));
    }

    /** Puts another program in the place of the one that runs, without a gap. */
    public void update(BpfProgram program) throws BpfException {
        Native.checked("bpf_link_update", (arena, state) ->
                (int) UPDATE.invokeExact(state, fd.number(), program.fd(), MemorySegment.NULL));
    }

    /** Takes the program from the hook now, whoever else holds the link (Linux 5.9). */
    public void detach() throws BpfException {
        Native.checked("bpf_link_detach", (arena, state) -> (int) DETACH.invokeExact(state, fd.number()));
    }

    /** Makes the link outlive this process; nothing may be at the path yet. */
    public void pin(Path path) throws BpfException {
        fd.pin(path);
    }

    /** What the kernel tells of the link. */
    public Info info() throws BpfException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(INFO_BYTES, 8);
            fd.info("a link", info);
            return new Info(info.get(JAVA_INT, INFO_PROGRAM), info.get(JAVA_LONG, INFO_TARGET));
        }
    }

    /**
     * @param programId as {@link BpfProgram#id()}
     * @param target for tcx and XDP the interface's index in the lower half, for a cgroup its id; 0 in that half, or
     *     altogether, when what it was attached to is gone
     */
    public record Info(int programId, long target) {
        public boolean isOn(int ifindex) {
            return (int) target == ifindex;
        }

        public boolean isDetached() {
            return (int) target == 0;
        }
    }

    @Override
    public void close() {
        fd.close();
    }

    static BpfLink create(int program, int target, Hook hook, int flags) throws BpfException {
        return new BpfLink(new Fd(Native.checked("bpf_link_create at " + hook, (arena, state) -> {
            MemorySegment options = arena.allocate(16, 8); // struct bpf_link_create_opts: sz, flags
            options.set(JAVA_LONG, 0, options.byteSize());
            options.set(JAVA_INT, 8, flags);
            return (int) CREATE.invokeExact(state, program, target, hook.number, options);
        })));
    }
}
