package io.aegisflux.segmentation.nats;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.ApiError;
import java.util.List;

/** A request that is refused; the error goes to who asked. */
public final class ApiException extends RuntimeException {
    private final transient ApiError error;

    public ApiException(ApiError error) {
        super(error.message());
        this.error = requireNonNull(error, "error is null");
    }

    /** An error that is not about a document. */
    public ApiException(String code, String message, String hint) {
        this(new ApiError(code, message, hint, List.of()));
    }

    public ApiError error() {
        return error;
    }
}
