package io.aegisflux.segmentation.nats;

/** The broker cannot carry the suite; the message says why and what to run instead. */
public final class UnfitServerException extends RuntimeException {
    public UnfitServerException(String message) {
        super(message);
    }
}
