package io.aegisflux.segmentation.contracts;

import java.util.List;

/**
 * The body of a failed request, and of the reply to a refused publish.
 *
 * @param code stable, upper-case
 * @param violations what is wrong with the document, empty when the error is not about one
 */
public record ApiError(String code, String message, String hint, List<Violation> violations) {
    public static final String INVALID_POLICY = "INVALID_POLICY";
    public static final String INVALID_REQUEST = "INVALID_REQUEST";
    public static final String NOT_FOUND = "NOT_FOUND";
    public static final String VERSION_CONFLICT = "VERSION_CONFLICT";
    public static final String INTERNAL = "INTERNAL";

    public ApiError {
        violations = violations == null ? List.of() : List.copyOf(violations);
    }
}
