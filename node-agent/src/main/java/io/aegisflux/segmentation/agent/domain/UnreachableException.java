package io.aegisflux.segmentation.agent.domain;

/** The control plane does not answer now. Nothing is wrong with what it said; ask again later. */
public final class UnreachableException extends Exception {
    private static final long serialVersionUID = 1L;

    public UnreachableException(String message, Throwable cause) {
        super(message, cause);
    }
}
