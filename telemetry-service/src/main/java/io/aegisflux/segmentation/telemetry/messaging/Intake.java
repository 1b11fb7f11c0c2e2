package io.aegisflux.segmentation.telemetry.messaging;

import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.Wire;
import io.aegisflux.segmentation.nats.NatsMetadata;
import io.aegisflux.segmentation.nats.PoisonMessageException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.eclipse.microprofile.reactive.messaging.Message;

/**
 * Where messages become values. Whose a message is, its subject says, for that is what the broker's permissions bind to
 * a host; a payload that names another is refused and counted, like one that cannot be read.
 */
@ApplicationScoped
public class Intake {
    private final Refusals refusals;

    @Inject
    public Intake(Refusals refusals) {
        this.refusals = refusals;
    }

    /**
     * Reads a message, makes sure whose it is, and lets it take effect.
     *
     * @param stream that it came from
     * @param sender who the payload says that it is from
     * @param effect throws {@link PoisonMessageException} for what nobody can mean
     */
    <T> CompletionStage<Void> take(
            Message<byte[]> message,
            String stream,
            Class<T> type,
            Function<T, String> sender,
            BiConsumer<T, NatsMetadata> effect) {
        try {
            NatsMetadata metadata = message.getMetadata(NatsMetadata.class).orElseThrow();
            take(message.getPayload(), metadata, stream, type, sender, effect);
        } catch (RuntimeException e) {
            return message.nack(e);
        }
        return message.ack();
    }

    /**
     * As {@link #take(Message, String, Class, Function, BiConsumer)}.
     *
     * @throws PoisonMessageException for what cannot be used, as {@link MalformedMessageException}
     */
    <T> void take(
            byte[] payload,
            NatsMetadata metadata,
            String stream,
            Class<T> type,
            Function<T, String> sender,
            BiConsumer<T, NatsMetadata> effect) {
        try {
            T said = Wire.read(payload, type);
            String from = sender.apply(said);
            if (!metadata.token().equals(from)) {
                throw new ForeignHostException(metadata.subject(), from);
            }
            effect.accept(said, metadata);
        } catch (MalformedMessageException e) {
            refusals.count(stream, Refusals.Reason.MALFORMED);
            throw e;
        } catch (ForeignHostException e) {
            refusals.count(stream, Refusals.Reason.FOREIGN_HOST);
            throw new PoisonMessageException(e.getMessage(), e);
        } catch (PoisonMessageException e) {
            refusals.count(stream, Refusals.Reason.IMPLAUSIBLE);
            throw e;
        }
    }

    /** A message that speaks for another than its subject. */
    private static final class ForeignHostException extends RuntimeException {
        ForeignHostException(String subject, String from) {
            super("a message on %s speaks for %s".formatted(subject, from));
        }
    }
}
