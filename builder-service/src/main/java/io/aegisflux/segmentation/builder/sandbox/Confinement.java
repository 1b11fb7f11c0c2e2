package io.aegisflux.segmentation.builder.sandbox;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** The ways to confine a tool, the strictest first; which one a host permits is found by trying. */
enum Confinement {
    /** A root of its own with the toolchain and the working directory, no network, no other process, user nobody. */
    NAMESPACES("namespaces of mounts, processes and network, as nobody", true, true),
    /** The same for who is not root: nobody is the own user there, without a right. */
    USER_NAMESPACE("namespaces of users, mounts, processes and network", true, false),
    /** What a container without CAP_SYS_ADMIN leaves to its root. */
    NOBODY("limits alone, as nobody", false, true),
    LIMITS("limits alone", false, false);

    /** Where a tool in namespaces sees its working directory. */
    static final String INSIDE = "/build";

    private static final int NOBODY_ID = 65534;
    private static final long AS_BYTES = 2L << 30;
    private static final long CPU_SECONDS = 60;
    private static final long FILE_BYTES = 64L << 20;
    private static final long PROCESSES =
            1024; // clang, llvm-strip and bpftool start none; a script that wraps one does

    /**
     * Mounts an empty root at $1 with the distribution's programs and libraries, the next $3 paths, and the working
     * directory $2; the rest is the command. Every word of it comes from this code or the operator's configuration.
     */
    private static final String NEW_ROOT = """
            set -eu
            root=$1 work=$2 more=$3
            shift 3
            mount -t tmpfs -o mode=0755,size=1m,nosuid,nodev sandbox "$root"
            show() {
            	mkdir -p "$root$1"
            	mount -o rbind,ro,nosuid,nodev "$1" "$root$1"
            }
            links=
            for path in /usr /bin /sbin /lib /lib32 /lib64 /libx32; do
            	if [ -L "$path" ]; then
            		links="$links $path"
            	elif [ -d "$path" ]; then
            		show "$path"
            	fi
            done
            [ -z "$links" ] || cp -d $links "$root"
            while [ "$more" -gt 0 ]; do
            	show "$1"
            	shift
            	more=$((more - 1))
            done
            mkdir "$root/build"
            mount --bind "$work" "$root/build"
            mount -o remount,bind,ro,nosuid,nodev "$root"
            exec chroot "$root" env -C /build "$@"
            """;

    private final String words;
    private final boolean namespaces;
    private final boolean nobody;

    Confinement(String words, boolean namespaces, boolean nobody) {
        this.words = words;
        this.namespaces = namespaces;
        this.nobody = nobody;
    }

    String words() {
        return words;
    }

    boolean hasNamespaces() {
        return namespaces;
    }

    /** Whom working directories have to belong to; empty for the own user. */
    OptionalInt user() {
        return nobody ? OptionalInt.of(NOBODY_ID) : OptionalInt.empty();
    }

    /**
     * The command that runs a tool.
     *
     * @param visible paths beyond the distribution's that the tool needs to be seen
     * @throws IOException when a command that confines is missing
     */
    List<String> command(ToolCommand tool, WorkDirectory directory, List<String> visible) throws IOException {
        List<String> command = new ArrayList<>();
        if (namespaces) {
            command.addAll(unshare());
            command.addAll(List.of(
                    directory.root().toString(), directory.work().toString(), Integer.toString(visible.size())));
            command.addAll(visible);
        }
        command.addAll(rights());
        command.addAll(List.of(
                SystemCommand.PRLIMIT.path(),
                "--as=" + AS_BYTES,
                "--cpu=" + CPU_SECONDS,
                "--fsize=" + FILE_BYTES,
                "--nproc=" + PROCESSES,
                "--core=0",
                "--",
                tool.executable().toString()));
        command.addAll(tool.argumentsIn(namespaces ? INSIDE : directory.work().toString()));
        return command;
    }

    private List<String> unshare() throws IOException {
        List<String> unshare = new ArrayList<>(List.of(SystemCommand.UNSHARE.path()));
        if (this == USER_NAMESPACE) {
            unshare.addAll(List.of("--user", "--map-root-user"));
        }
        unshare.addAll(List.of("--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "--kill-child=KILL", "--"));
        unshare.addAll(List.of(SystemCommand.SH.path(), "-c", NEW_ROOT, "sandbox"));
        return unshare;
    }

    private List<String> rights() throws IOException {
        List<String> setpriv = new ArrayList<>(List.of(SystemCommand.SETPRIV.path()));
        if (nobody) {
            setpriv.addAll(List.of("--reuid=" + NOBODY_ID, "--regid=" + NOBODY_ID, "--clear-groups"));
        }
        setpriv.addAll(List.of("--no-new-privs", "--inh-caps=-all"));
        if (this == USER_NAMESPACE) {
            setpriv.add("--bounding-set=-all"); // else its root would have all rights in its namespaces
        }
        setpriv.add("--");
        return setpriv;
    }
}
