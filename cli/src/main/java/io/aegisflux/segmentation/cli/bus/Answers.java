package io.aegisflux.segmentation.cli.bus;

import io.aegisflux.segmentation.cli.outcome.Failure;
import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.MalformedMessageException;
import io.aegisflux.segmentation.contracts.Wire;
import io.nats.client.Message;
import java.util.List;
import java.util.Optional;

/** Tells answers from refusals: those carry the error headers of NATS micro services (ADR-32). */
public final class Answers {
    private static final String ERROR = "Nats-Service-Error";
    private static final String ERROR_CODE = "Nats-Service-Error-Code";

    private Answers() {}

    /** The refusal, if the answer is one. */
    public static Optional<Failure> refusal(Message reply) {
        if (!reply.hasHeaders() || reply.getHeaders().getFirst(ERROR_CODE) == null) {
            return Optional.empty();
        }
        try {
            ApiError error = Wire.read(reply.getData(), ApiError.class);
            if (error.code() != null && error.message() != null) {
                return Optional.of(Failure.refused(error));
            }
        } catch (MalformedMessageException e) {
            // Another micro service's error; its headers are all there is.
        }
        String status = reply.getHeaders().getFirst(ERROR_CODE);
        String text = reply.getHeaders().getFirst(ERROR);
        return Optional.of(Failure.refused(new ApiError(
                status.matches("5[0-9]{2}") ? ApiError.INTERNAL : status,
                text == null ? "the service gives no reason" : text,
                "",
                List.of())));
    }

    /**
     * The answer as this type.
     *
     * @throws Failure when it is a refusal
     * @throws MalformedMessageException when it is neither: the service speaks another version than we do
     */
    public static <T> T read(Message reply, Class<T> type) {
        refusal(reply).ifPresent(failure -> {
            throw failure;
        });
        return Wire.read(reply.getData(), type);
    }
}
