package io.aegisflux.segmentation.contracts;

/**
 * An object of a JetStream object store.
 *
 * @param name its SHA-256 in lower-case hex, which is its digest as well
 * @param size in bytes
 */
public record ObjectRef(String name, long size) {
    public ObjectRef {
        Digests.requireHex(name, "name");
        if (size < 0) {
            throw new IllegalArgumentException("no object has %d bytes".formatted(size));
        }
    }
}
