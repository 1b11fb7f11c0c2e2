package io.aegisflux.segmentation.nats;

/** A stream takes none of the messages of a batch; one by one it may. */
public final class BatchRefusedException extends RuntimeException {
    public BatchRefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
