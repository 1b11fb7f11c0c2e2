package io.aegisflux.segmentation.builder.clang;

/** A tool that cannot be run; the message names the variable and the remedy. */
public final class ToolMissingException extends Exception {
    ToolMissingException(String message) {
        super(message);
    }
}
