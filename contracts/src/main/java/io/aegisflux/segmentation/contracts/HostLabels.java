package io.aegisflux.segmentation.contracts;

/** Labels that a host has by what it is. Nobody else gives labels of these keys. */
public final class HostLabels {
    /** What the keys begin with. */
    public static final String PREFIX = "host.";

    /** The id under which its agent reports. */
    public static final String ID = PREFIX + "id";

    /** The host's name, as {@code uname -n} prints it. */
    public static final String NAME = PREFIX + "name";

    /** The architecture as in {@link BuildSpec}: x86_64 or aarch64. */
    public static final String ARCH = PREFIX + "arch";

    /** The kernel's release, as {@code uname -r} prints it. */
    public static final String KERNEL = PREFIX + "kernel";

    /** Followed by the name of an interface that the host enforces on and that is there: {@code true}. */
    public static final String INTERFACE = PREFIX + "interface.";

    private HostLabels() {}

    /** Whether only a host's agent gives labels of this key. */
    public static boolean isReserved(String key) {
        return key.startsWith(PREFIX);
    }
}
