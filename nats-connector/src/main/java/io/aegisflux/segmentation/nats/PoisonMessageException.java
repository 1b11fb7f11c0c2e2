package io.aegisflux.segmentation.nats;

/** A message that no retry can make right: it is terminated and reported with this reason. */
public final class PoisonMessageException extends RuntimeException {
    public PoisonMessageException(String reason) {
        super(reason);
    }

    public PoisonMessageException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
