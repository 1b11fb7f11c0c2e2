package io.aegisflux.segmentation.contracts;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * The body of a failed request, and of the reply to a refused publish.
 *
 * @param code stable, upper-case: one of the constants of this class
 * @param message what is wrong, with the value
 * @param hint what to do instead, null when there is nothing to say
 * @param violations what is wrong with the document, empty when the error is not about one
 */
public record ApiError(String code, String message, String hint, List<Violation> violations) {
    public static final String INVALID_POLICY = "INVALID_POLICY";
    public static final String INVALID_WORKLOAD = "INVALID_WORKLOAD";
    public static final String INVALID_REQUEST = "INVALID_REQUEST";
    public static final String NOT_FOUND = "NOT_FOUND";
    public static final String VERSION_CONFLICT = "VERSION_CONFLICT";
    /** Asked more often than it may be; the same request is answered later. */
    public static final String TOO_MANY_REQUESTS = "TOO_MANY_REQUESTS";

    public static final String INTERNAL = "INTERNAL";

    public ApiError {
        requireNonNull(code, "code is missing");
        requireNonNull(message, "message is missing");
        violations = Frozen.listOrEmpty(violations, "violations");
    }
}
