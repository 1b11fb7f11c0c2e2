package io.aegisflux.segmentation.builder.elf;

/** Bytes that are not what they should be; the message says where. */
public final class MalformedObjectException extends Exception {
    MalformedObjectException(String message) {
        super(message);
    }

    MalformedObjectException(String message, Throwable cause) {
        super(message, cause);
    }
}
