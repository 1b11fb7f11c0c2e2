package io.aegisflux.segmentation.nats;

/** The broker did not do what was asked; trying again later may help. */
public final class BusException extends RuntimeException {
    public BusException(String message, Throwable cause) {
        super(message, cause);
    }
}
