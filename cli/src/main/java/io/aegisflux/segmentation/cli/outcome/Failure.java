package io.aegisflux.segmentation.cli.outcome;

import static java.util.Objects.requireNonNull;

import io.aegisflux.segmentation.contracts.ApiError;
import io.aegisflux.segmentation.contracts.Violation;
import java.util.List;
import java.util.Optional;

/** A run that ends with a reason, an exit code and what to do next. */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;
    private final String next;
    private final transient ApiError error;

    private Failure(int exitCode, String message, String next, ApiError error, Throwable cause) {
        super(requireNonNull(message, "message is null"), cause);
        this.exitCode = exitCode;
        this.next = requireNonNull(next, "next is null");
        this.error = error;
    }

    /** The command line says something that cannot be. */
    public static Failure usage(String message, String next) {
        return new Failure(ExitCode.USAGE, message, next, null, null);
    }

    /** Nobody there, or not in time. */
    public static Failure noAnswer(String message, String next) {
        return new Failure(ExitCode.NO_ANSWER, message, next, null, null);
    }

    /** As {@link #noAnswer(String, String)}. */
    public static Failure noAnswer(String message, String next, Throwable cause) {
        return new Failure(ExitCode.NO_ANSWER, message, next, null, cause);
    }

    /** Somebody said no. */
    public static Failure refused(String message, String next) {
        return new Failure(ExitCode.REFUSED, message, next, null, null);
    }

    /** As {@link #refused(String, String)}. */
    public static Failure refused(String message, String next, Throwable cause) {
        return new Failure(ExitCode.REFUSED, message, next, null, cause);
    }

    /** A document is refused, here or by the service. */
    public static Failure refused(ApiError error) {
        int code = ApiError.INTERNAL.equals(error.code()) ? ExitCode.INTERNAL : ExitCode.REFUSED;
        String next = error.hint() == null ? "" : error.hint();
        return new Failure(code, error.code() + ": " + error.message(), next, error, null);
    }

    /** Something was found that should not be. */
    public static Failure findings(String message, String next) {
        return new Failure(ExitCode.FINDINGS, message, next, null, null);
    }

    /** Not all hosts are there yet. */
    public static Failure incomplete(String message, String next) {
        return new Failure(ExitCode.INCOMPLETE, message, next, null, null);
    }

    public int exitCode() {
        return exitCode;
    }

    /** What to do about it; empty where nothing helps. */
    public String next() {
        return next;
    }

    /** The error as the service gave it. */
    public Optional<ApiError> error() {
        return Optional.ofNullable(error);
    }

    /** What is wrong with the document, empty when the failure is not about one. */
    public List<Violation> violations() {
        return error == null ? List.of() : error.violations();
    }
}
