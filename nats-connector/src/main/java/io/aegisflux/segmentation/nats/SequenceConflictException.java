package io.aegisflux.segmentation.nats;

/** Another writer was first: the subject's last sequence is not the expected one. Read again, decide again. */
public final class SequenceConflictException extends RuntimeException {
    public SequenceConflictException(String subject, long expected, Throwable cause) {
        super("the last message of %s is not number %d any more".formatted(subject, expected), cause);
    }
}
