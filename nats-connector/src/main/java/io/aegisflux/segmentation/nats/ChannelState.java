package io.aegisflux.segmentation.nats;

/** How what comes from a stream stands, for health and metrics. */
public interface ChannelState {
    /** The channel's name. */
    String name();

    /** The stream it reads. */
    String stream();

    /** Null while all is well, else why nothing comes. */
    String trouble();

    /** Messages that it has not seen yet, as of the last one that it saw. */
    long pending();
}
