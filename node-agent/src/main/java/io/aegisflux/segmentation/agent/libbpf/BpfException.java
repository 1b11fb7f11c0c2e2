package io.aegisflux.segmentation.agent.libbpf;

import static java.util.Objects.requireNonNull;

/** The kernel or libbpf refused. */
public final class BpfException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int errno;
    private final String log;

    /**
     * @param what the call and what it was about
     * @param errno positive
     */
    BpfException(String what, int errno) {
        this(what, errno, "");
    }

    /**
     * @param log libbpf's words, the verifier's among them; empty when there are none
     */
    BpfException(String what, int errno, String log) {
        super(what + ": " + Errno.name(errno));
        this.errno = errno;
        this.log = requireNonNull(log, "log is null");
    }

    private BpfException(BpfException cause, String addition) {
        super(cause.getMessage() + ", " + addition, cause);
        this.errno = cause.errno;
        this.log = cause.log;
    }

    /** The same, with more to say of it at the end of its message. */
    public BpfException with(String addition) {
        return new BpfException(this, addition);
    }

    /** Positive, as in errno.h. */
    public int errno() {
        return errno;
    }

    /** What libbpf printed meanwhile, the verifier's log among it; empty when nothing was. */
    public String log() {
        return log;
    }

    /** Whether the thing is not there (any more). */
    public boolean isNotFound() {
        return errno == Errno.ENOENT || errno == Errno.ENODEV;
    }

    /** Whether the kernel or the driver knows no such thing. */
    public boolean isUnsupported() {
        return errno == Errno.EINVAL || errno == Errno.EOPNOTSUPP || errno == 524;
    }
}
