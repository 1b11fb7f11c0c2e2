package io.aegisflux.segmentation.nats;

import static java.util.Objects.requireNonNull;

import io.nats.client.JetStreamApiException;
import io.nats.client.api.PublishAck;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A publish that is on its way to its stream. */
public final class PendingPublish {
    private final String subject;
    private final long lastSubjectSequence;
    private final CompletableFuture<PublishAck> acknowledgement;

    PendingPublish(String subject, long lastSubjectSequence, CompletableFuture<PublishAck> acknowledgement) {
        this.subject = requireNonNull(subject, "subject is null");
        this.lastSubjectSequence = lastSubjectSequence;
        this.acknowledgement = requireNonNull(acknowledgement, "acknowledgement is null");
    }

    /**
     * Waits for what the stream says.
     *
     * @throws SequenceConflictException when another writer was first
     * @throws BusException when the stream does not take it, or says nothing in time
     */
    public PublishAck await() {
        try {
            return acknowledgement.get(Bus.REQUEST_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                if (cause instanceof JetStreamApiException refusal) {
                    throw Bus.refused(subject, lastSubjectSequence, refusal);
                }
            }
            throw new BusException("no acknowledgement for %s: %s".formatted(subject, e.getCause()), e);
        } catch (TimeoutException | CancellationException e) {
            throw new BusException("no acknowledgement for %s in time".formatted(subject), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BusException("interrupted while publishing " + subject, e);
        }
    }
}
