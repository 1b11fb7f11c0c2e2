package io.aegisflux.segmentation.engine.language;

/** Which end of a packet. */
public enum Side {
    SOURCE,
    DEST
}
