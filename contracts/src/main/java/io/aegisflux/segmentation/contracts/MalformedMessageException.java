package io.aegisflux.segmentation.contracts;

/** The bytes of a message are not what its subject promises. Retrying does not help: such a message is poison. */
public final class MalformedMessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedMessageException(String message) {
        super(message);
    }

    public MalformedMessageException(String message, Throwable cause) {
        super(message, cause);
    }
}
